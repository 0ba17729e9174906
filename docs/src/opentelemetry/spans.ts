// Makes a call with a stream, whose handler makes a unary call for each message, and prints the spans of all of them.

import { until } from '@grpc-by-example/testing';
import { SpanKind } from '@opentelemetry/api';
import { startServer } from 'grpc-program/server';
import { bidiStreaming, callsOf, unary } from 'grpc-streams';
import { CourseService, connectCourse } from '../course.ts';
import { exporter } from './instrument.mjs';

// #region handlers
const handlers = {
  unary: unary<string, string>((text) => text.toUpperCase()),
  bidiStreaming: bidiStreaming<string, string>(async function* (texts, { signal, deadline }) {
    for await (const text of texts) yield await api.unary(text, { signal, deadline });
  }),
};
// #endregion
const server = await startServer([[CourseService, handlers]]);
const client = connectCourse(server.port);
const api = callsOf(client);

const call = api.bidiStreaming({ deadline: Date.now() + 60_000 });
await call.sendAll(['one', 'two']);
for await (const _ of call.responses);
await until(() => exporter.getFinishedSpans().length === 6);

function printBelow(parent: string | undefined, indent: string): void {
  for (const span of exporter.getFinishedSpans()) {
    if (span.parentSpanContext?.spanId !== parent) continue;
    console.log(`${indent}${SpanKind[span.kind]} ${span.name}, status ${span.attributes['rpc.grpc.status_code']}`);
    printBelow(span.spanContext().spanId, `${indent}  `);
  }
}
printBelow(undefined, '');
client.close();
await server.stop();
