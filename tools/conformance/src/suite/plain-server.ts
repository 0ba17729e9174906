import { promisify } from 'node:util';
import {
  Metadata,
  Server,
  type ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { asStatus, type Request, requestInfo, type StreamDefinition, type UnaryDefinition } from './definitions.ts';
import { type AnyMessage, conformanceService, type ErrorMessage, pack, toMetadata } from './messages.ts';

type Info = ReturnType<typeof requestInfo>;

const wait = (ms: number) => new Promise((resolve) => (ms ? setTimeout(resolve, ms) : resolve(undefined)));

function failure(error: ErrorMessage, trailer: Metadata, info?: Info) {
  const { code, details, metadata } = asStatus(error, info);
  const whole = trailer.clone();
  whole.merge(metadata);
  return { code, details, metadata: whole };
}

function respond(
  call: ServerUnaryCall<unknown, unknown> | ServerReadableStream<unknown, unknown>,
  definition: UnaryDefinition | undefined,
  requests: readonly AnyMessage[],
  callback: sendUnaryData<unknown>,
): void {
  const info = requestInfo(call, requests);
  const trailer = toMetadata(definition?.response_trailers);
  if (definition) call.sendMetadata(toMetadata(definition.response_headers));
  void wait(definition?.response_delay_ms ?? 0).then(() => {
    if (definition?.response === 'error') callback(failure(definition.error, trailer, info));
    else
      callback(null, { payload: { data: definition?.response_data ?? Buffer.alloc(0), request_info: info } }, trailer);
  });
}

/** The suite's service, by grpc-js's own events and callbacks: what is grpc-js's, and what is ours, shows beside it. */
const handlers = {
  Unary(call: ServerUnaryCall<Request<UnaryDefinition>, unknown>, callback: sendUnaryData<unknown>) {
    respond(call, call.request.response_definition, [pack('UnaryRequest', call.request)], callback);
  },

  ClientStream(call: ServerReadableStream<Request<UnaryDefinition>, unknown>, callback: sendUnaryData<unknown>) {
    let definition: UnaryDefinition | undefined;
    const requests: AnyMessage[] = [];
    call.on('data', (message: Request<UnaryDefinition>) => {
      if (requests.length === 0) definition = message.response_definition;
      requests.push(pack('ClientStreamRequest', message));
    });
    call.on('end', () => respond(call, definition, requests, callback));
    call.on('error', () => {});
  },

  async ServerStream(call: ServerWritableStream<Request<StreamDefinition>, unknown>) {
    const definition = call.request.response_definition;
    if (!definition) return void call.end();
    const info = requestInfo(call, [pack('ServerStreamRequest', call.request)]);
    call.sendMetadata(toMetadata(definition.response_headers));
    const trailer = toMetadata(definition.response_trailers);
    for (const [index, data] of definition.response_data.entries()) {
      await wait(definition.response_delay_ms);
      call.write({ payload: { data, ...(index === 0 && { request_info: info }) } });
    }
    const isSilent = definition.response_data.length === 0;
    if (definition.error) call.emit('error', failure(definition.error, trailer, isSilent ? info : undefined));
    else call.end(trailer);
  },

  BidiStream(call: ServerDuplexStream<Request<StreamDefinition>, unknown>) {
    let definition: StreamDefinition | undefined;
    let isFullDuplex = false;
    let isDone = false;
    let sent = 0;
    let requests: AnyMessage[] = [];
    let trailer = new Metadata();
    let work: Promise<unknown> = Promise.resolve();
    async function finish(): Promise<void> {
      if (isDone) return;
      isDone = true;
      if (!definition) return void call.end();
      for (; sent < definition.response_data.length; sent++) {
        await wait(definition.response_delay_ms);
        const info = sent === 0 && { request_info: requestInfo(call, requests) };
        call.write({ payload: { data: definition.response_data[sent], ...info } });
      }
      const info = sent === 0 ? requestInfo(call, requests) : undefined;
      if (definition.error) call.emit('error', failure(definition.error, trailer, info));
      else call.end(trailer);
    }
    async function take(message: Request<StreamDefinition>): Promise<void> {
      if (isDone) return;
      if (!definition && message.response_definition) {
        definition = message.response_definition;
        isFullDuplex = message.full_duplex ?? false;
        call.sendMetadata(toMetadata(definition.response_headers));
        trailer = toMetadata(definition.response_trailers);
      }
      requests.push(pack('BidiStreamRequest', message));
      if (!isFullDuplex) return;
      const data = definition?.response_data[sent];
      if (!definition || data === undefined) return finish();
      await wait(definition.response_delay_ms);
      call.write({ payload: { data, request_info: sent === 0 ? requestInfo(call, requests) : { requests } } });
      sent += 1;
      requests = [];
    }
    call.on('data', (message: Request<StreamDefinition>) => {
      work = work.then(() => take(message));
    });
    call.on('end', () => {
      work = work.then(finish);
    });
    call.on('error', () => {});
  },
};

/** Starts a server of plain grpc-js. */
export async function startPlainServer(credentials: ServerCredentials, receiveLimit: number) {
  const server = new Server(receiveLimit > 0 ? { 'grpc.max_receive_message_length': receiveLimit } : {});
  server.addService(conformanceService, handlers as UntypedServiceImplementation);
  const port = await promisify(server.bindAsync.bind(server))('127.0.0.1:0', credentials);
  return { port, stop: async () => server.forceShutdown() };
}
