import type { InMemorySpanExporter } from '@opentelemetry/sdk-trace-node';

export const exporter: InMemorySpanExporter;
