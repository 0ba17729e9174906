import { setTimeout as delay } from 'node:timers/promises';
import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { bidiStreaming, clientStreaming, type HandlerContext, serverStreaming, unary } from 'grpc-streams';
import { asStatus, type Request, requestInfo, type StreamDefinition, type UnaryDefinition } from './definitions.ts';
import { type AnyMessage, addTo, pack, toMetadata } from './messages.ts';

async function respond(
  definition: UnaryDefinition | undefined,
  requests: readonly AnyMessage[],
  { call, trailer, signal }: HandlerContext,
) {
  const info = requestInfo(call, requests);
  if (definition) {
    call.sendMetadata(toMetadata(definition.response_headers));
    addTo(trailer, definition.response_trailers);
    if (definition.response_delay_ms) await delay(definition.response_delay_ms, undefined, { signal });
    if (definition.response === 'error') throw asStatus(definition.error, info);
  }
  return { payload: { data: definition?.response_data ?? Buffer.alloc(0), request_info: info } };
}

function begin(definition: StreamDefinition, { call, trailer }: HandlerContext): void {
  call.sendMetadata(toMetadata(definition.response_headers));
  addTo(trailer, definition.response_trailers);
}

async function pause({ response_delay_ms }: StreamDefinition, { signal }: HandlerContext): Promise<void> {
  if (response_delay_ms) await delay(response_delay_ms, undefined, { signal });
}

/** The suite's service, by grpc-streams. */
export const handlers: UntypedServiceImplementation = {
  Unary: unary<Request<UnaryDefinition>, object>((request, context) =>
    respond(request.response_definition, [pack('UnaryRequest', request)], context),
  ),

  ClientStream: clientStreaming<Request<UnaryDefinition>, object>(async (messages, context) => {
    context.holdHeaders(); // the first request says which they are
    let definition: UnaryDefinition | undefined;
    const requests: AnyMessage[] = [];
    for await (const message of messages) {
      if (requests.length === 0) definition = message.response_definition;
      requests.push(pack('ClientStreamRequest', message));
    }
    return respond(definition, requests, context);
  }),

  ServerStream: serverStreaming<Request<StreamDefinition>, object>(async function* (request, context) {
    const definition = request.response_definition;
    if (!definition) return;
    const info = requestInfo(context.call, [pack('ServerStreamRequest', request)]);
    begin(definition, context);
    for (const [index, data] of definition.response_data.entries()) {
      await pause(definition, context);
      yield { payload: { data, ...(index === 0 && { request_info: info }) } };
    }
    if (definition.error) throw asStatus(definition.error, definition.response_data.length === 0 ? info : undefined);
  }),

  BidiStream: bidiStreaming<Request<StreamDefinition>, object>(async function* (messages, context) {
    context.holdHeaders();
    let definition: StreamDefinition | undefined;
    let isFullDuplex = false;
    let sent = 0;
    let requests: AnyMessage[] = [];
    for await (const message of messages) {
      if (!definition && message.response_definition) {
        definition = message.response_definition;
        isFullDuplex = message.full_duplex ?? false;
        begin(definition, context);
      }
      requests.push(pack('BidiStreamRequest', message));
      if (!isFullDuplex) continue;
      const data = definition?.response_data[sent];
      if (!definition || data === undefined) break;
      await pause(definition, context);
      yield { payload: { data, request_info: sent === 0 ? requestInfo(context.call, requests) : { requests } } };
      sent += 1;
      requests = [];
    }
    if (!definition) return;
    for (; sent < definition.response_data.length; sent++) {
      await pause(definition, context);
      const info = sent === 0 && { request_info: requestInfo(context.call, requests) };
      yield { payload: { data: definition.response_data[sent], ...info } };
    }
    if (definition.error)
      throw asStatus(definition.error, sent === 0 ? requestInfo(context.call, requests) : undefined);
  }),
};
