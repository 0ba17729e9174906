// gRPC's own interop service, as a server program of this repository: --port, --tls-cert and so on.
import { setTimeout as delay } from 'node:timers/promises';
import { Metadata } from '@grpc/grpc-js';
import { runServer, serverCommand } from 'grpc-program/server';
import { bidiStreaming, clientStreaming, type HandlerContext, serverStreaming, statusError, unary } from 'grpc-streams';
import {
  ECHO_INITIAL,
  ECHO_TRAILING,
  type EchoStatus,
  type InputRequest,
  type OutputRequest,
  type SimpleRequest,
  servedMethods,
} from './contract.ts';

function echoMetadata({ call, trailer }: HandlerContext): void {
  const [initial] = call.metadata.get(ECHO_INITIAL);
  if (initial !== undefined) {
    const headers = new Metadata();
    headers.set(ECHO_INITIAL, initial);
    call.sendMetadata(headers);
  }
  const [trailing] = call.metadata.get(ECHO_TRAILING);
  if (trailing !== undefined) trailer.set(ECHO_TRAILING, trailing);
}

function throwIfAsked(wanted: EchoStatus | null | undefined): void {
  if (wanted?.code) throw statusError(wanted.code, wanted.message);
}

async function* outputs({ responseParameters }: OutputRequest, { signal }: HandlerContext) {
  for (const { size, intervalUs } of responseParameters) {
    if (intervalUs) await delay(intervalUs / 1_000, undefined, { signal });
    yield { payload: { body: Buffer.alloc(size) } };
  }
}

const handlers = {
  emptyCall: unary<object, object>(() => ({})),
  unaryCall: unary<SimpleRequest, object>(({ responseSize, responseStatus, fillServerId }, context) => {
    echoMetadata(context);
    throwIfAsked(responseStatus);
    return { payload: { body: Buffer.alloc(responseSize) }, ...(fillServerId && { serverId: 'the only one' }) };
  }),
  streamingOutputCall: serverStreaming<OutputRequest, object>(async function* (request, context) {
    echoMetadata(context);
    throwIfAsked(request.responseStatus);
    yield* outputs(request, context);
  }),
  streamingInputCall: clientStreaming<InputRequest, object>(async (requests) => {
    let aggregatedPayloadSize = 0;
    for await (const { payload } of requests) aggregatedPayloadSize += payload?.body.length ?? 0;
    return { aggregatedPayloadSize };
  }),
  fullDuplexCall: bidiStreaming<OutputRequest, object>(async function* (requests, context) {
    echoMetadata(context);
    for await (const request of requests) {
      throwIfAsked(request.responseStatus);
      yield* outputs(request, context);
    }
  }),
  halfDuplexCall: bidiStreaming<OutputRequest, object>(async function* (requests, context) {
    const all: OutputRequest[] = [];
    for await (const request of requests) all.push(request);
    for (const request of all) yield* outputs(request, context);
  }),
};

await runServer(serverCommand('interop-server', { port: 10_000, description: "gRPC's interop service." }), {
  services: () => [[servedMethods, handlers]],
  client: 'interop_client',
});
