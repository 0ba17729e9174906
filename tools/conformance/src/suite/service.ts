import { setTimeout as delay } from 'node:timers/promises';
import type { Request, requestInfo, StreamDefinition, UnaryDefinition } from './definitions.ts';
import { type AnyMessage, type ErrorMessage, type Header, pack } from './messages.ts';

type Info = Partial<ReturnType<typeof requestInfo>>;

/** A call as the service sees it, whichever library serves it. */
export interface SuiteCall {
  readonly signal: AbortSignal;
  /** What the server has seen of it, as far as the library tells. */
  info(requests: readonly AnyMessage[]): Info;
  sendHeaders(headers: readonly Header[]): void;
  addTrailers(trailers: readonly Header[]): void;
  /** What a handler throws, with what the server has seen among its details, if no response told it. */
  failure(error: ErrorMessage, info?: Info): unknown;
}

async function respond(definition: UnaryDefinition | undefined, requests: readonly AnyMessage[], call: SuiteCall) {
  const info = call.info(requests);
  if (definition) {
    call.sendHeaders(definition.response_headers);
    call.addTrailers(definition.response_trailers);
    if (definition.response_delay_ms) await delay(definition.response_delay_ms, undefined, { signal: call.signal });
    if (definition.response === 'error') throw call.failure(definition.error, info);
  }
  return { payload: { data: definition?.response_data ?? Buffer.alloc(0), request_info: info } };
}

function begin(definition: StreamDefinition, call: SuiteCall): void {
  call.sendHeaders(definition.response_headers);
  call.addTrailers(definition.response_trailers);
}

async function pause({ response_delay_ms }: StreamDefinition, { signal }: SuiteCall): Promise<void> {
  if (response_delay_ms) await delay(response_delay_ms, undefined, { signal });
}

/** The suite's service. */
export const service = {
  Unary(request: Request<UnaryDefinition>, call: SuiteCall): Promise<object> {
    return respond(request.response_definition, [pack('UnaryRequest', request)], call);
  },

  async ClientStream(messages: AsyncIterable<Request<UnaryDefinition>>, call: SuiteCall): Promise<object> {
    let definition: UnaryDefinition | undefined;
    const requests: AnyMessage[] = [];
    for await (const message of messages) {
      if (requests.length === 0) definition = message.response_definition;
      requests.push(pack('ClientStreamRequest', message));
    }
    return respond(definition, requests, call);
  },

  async *ServerStream(request: Request<StreamDefinition>, call: SuiteCall): AsyncGenerator<object> {
    const definition = request.response_definition;
    if (!definition) return;
    const info = call.info([pack('ServerStreamRequest', request)]);
    begin(definition, call);
    for (const [index, data] of definition.response_data.entries()) {
      await pause(definition, call);
      yield { payload: { data, ...(index === 0 && { request_info: info }) } };
    }
    if (definition.error)
      throw call.failure(definition.error, definition.response_data.length === 0 ? info : undefined);
  },

  async *BidiStream(messages: AsyncIterable<Request<StreamDefinition>>, call: SuiteCall): AsyncGenerator<object> {
    let definition: StreamDefinition | undefined;
    let isFullDuplex = false;
    let sent = 0;
    let requests: AnyMessage[] = [];
    for await (const message of messages) {
      if (!definition && message.response_definition) {
        definition = message.response_definition;
        isFullDuplex = message.full_duplex ?? false;
        begin(definition, call);
      }
      requests.push(pack('BidiStreamRequest', message));
      if (!isFullDuplex) continue;
      const data = definition?.response_data[sent];
      if (!definition || data === undefined) break;
      await pause(definition, call);
      yield { payload: { data, request_info: sent === 0 ? call.info(requests) : { requests } } };
      sent += 1;
      requests = [];
    }
    if (!definition) return;
    for (; sent < definition.response_data.length; sent++) {
      await pause(definition, call);
      const info = sent === 0 && { request_info: call.info(requests) };
      yield { payload: { data: definition.response_data[sent], ...info } };
    }
    if (definition.error) throw call.failure(definition.error, sent === 0 ? call.info(requests) : undefined);
  },
};
