import { once } from 'node:events';
import { createServer } from 'node:http';
import type { OpenCalls } from 'grpc-streams';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { OperatorError } from '../operator-error.ts';
import type { EndedCall } from './watch-calls.ts';

const METHOD = ['grpc_service', 'grpc_method'];

/** The metrics of a server. Where the Prometheus middleware of other languages has the same, it has this name too. */
export class ServerMetrics {
  readonly #registry = new Registry();
  readonly #handled = this.#counter('grpc_server_handled_total', 'Calls that have ended.', [...METHOD, 'grpc_code']);
  readonly #received = this.#counter('grpc_server_msg_received_total', 'Messages received.', METHOD);
  readonly #sent = this.#counter('grpc_server_msg_sent_total', 'Messages sent.', METHOD);
  readonly #refusedCalls = this.#counter('grpc_server_calls_refused_total', 'Calls beyond --max-calls.');
  readonly #refusedConnections = this.#counter(
    'grpc_server_connections_refused_total',
    'Connections beyond --max-connections.',
  );
  readonly #unserved = this.#counter('grpc_server_requests_unserved_total', 'Requests that reach no service.', [
    'reason',
  ]);
  readonly #seconds = new Histogram({
    name: 'grpc_server_handling_seconds',
    help: 'How long calls took.',
    labelNames: METHOD,
    buckets: [0.001, 0.01, 0.1, 1, 10, 60, 600, 3_600],
    registers: [this.#registry],
  });

  countCall({ method, status, received, sent, milliseconds }: EndedCall): void {
    const [, grpc_service = '', grpc_method = ''] = method.split('/');
    const labels = { grpc_service, grpc_method };
    this.#handled.inc({ ...labels, grpc_code: status });
    this.#received.inc(labels, received);
    this.#sent.inc(labels, sent);
    this.#seconds.observe(labels, milliseconds / 1_000);
  }

  countRefusedCall(): void {
    this.#refusedCalls.inc();
  }

  /** Without a label for the path: who scans makes up any number. */
  countUnserved(reason: string): void {
    this.#unserved.inc({ reason });
  }

  countRefusedConnection(): void {
    this.#refusedConnections.inc();
  }

  /** Adds how many calls are open, and how many handlers run on after theirs, at the time of each scrape. */
  watch(openCalls: Pick<OpenCalls, 'size' | 'runningOn'>): void {
    this.#gauge('grpc_server_calls_open', 'Calls that are open.', () => openCalls.size);
    this.#gauge(
      'grpc_server_handlers_running_on',
      'Handlers that are still running although their call has ended.',
      () => openCalls.runningOn,
    );
  }

  /**
   * Serves the metrics by HTTP on loopback, at `/metrics`.
   *
   * @param port 0 for any free one
   * @throws OperatorError when the port is in use
   */
  async serve(port: number): Promise<{ port: number; close(): void }> {
    const server = createServer(async ({ url, method }, response) => {
      if (url?.replace(/\?.*/, '') !== '/metrics') response.writeHead(404).end();
      else if (method !== 'GET' && method !== 'HEAD') response.writeHead(405, { allow: 'GET, HEAD' }).end();
      else response.setHeader('content-type', this.#registry.contentType).end(await this.#registry.metrics());
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
      throw new OperatorError(
        `cannot serve metrics on 127.0.0.1:${port} (${error.code}); choose another --metrics-port`,
      );
    });
    const address = server.address();
    return {
      port: typeof address === 'object' && address ? address.port : port,
      close: () => server.close().closeAllConnections(),
    };
  }

  #counter(name: string, help: string, labelNames: string[] = []): Counter {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #gauge(name: string, help: string, value: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.set(value());
      },
    });
  }
}
