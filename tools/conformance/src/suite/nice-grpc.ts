import { type ChannelCredentials, type ChannelOptions, type ServerCredentials, status } from '@grpc/grpc-js';
import {
  type CallContext,
  ClientError,
  createChannel,
  createClientFactory,
  createServer,
  Metadata,
  ServerError,
  type ServiceDefinition,
  type ServiceImplementation,
} from 'nice-grpc';
import { deadlineMiddleware } from 'nice-grpc-client-middleware-deadline';
import type { Payload } from './client-request.ts';
import { asStatus, type Request, type StreamDefinition, type UnaryDefinition } from './definitions.ts';
import { conformanceService, DETAILS, errorDetails, type Header, unpaddedBase64 } from './messages.ts';
import type { PromiseCall, PromiseClient } from './promise-invoke.ts';
import { type SuiteCall, service } from './service.ts';

function addAll(metadata: Metadata, headers: readonly Header[]): Metadata {
  for (const { name, value } of headers) {
    for (const text of value) metadata.append(name, name.endsWith('-bin') ? Buffer.from(text, 'base64') : text);
  }
  return metadata;
}

const toHeaders = (metadata: Metadata): Header[] =>
  [...metadata].map(([name, values]) => ({
    name,
    value: values.map((value) => (typeof value === 'string' ? value : unpaddedBase64(Buffer.from(value)))),
  }));

const asCall = ({ metadata, header, trailer, signal, sendHeader }: CallContext): SuiteCall => ({
  signal,
  info: (requests) => ({ request_headers: toHeaders(metadata), requests }),
  sendHeaders(headers) {
    addAll(header, headers);
    sendHeader();
  },
  addTrailers: (trailers) => void addAll(trailer, trailers),
  failure(error, info) {
    const { code, details, metadata } = asStatus(error, info);
    trailer.set(DETAILS, metadata.get(DETAILS)[0] ?? '');
    return new ServerError(code, details);
  },
});

/** Starts a server of nice-grpc. */
export async function startNiceServer(credentials: ServerCredentials, receiveLimit: number) {
  const server = createServer(receiveLimit > 0 ? { 'grpc.max_receive_message_length': receiveLimit } : {});
  server.add(
    conformanceService as unknown as ServiceDefinition,
    {
      Unary: (request: Request<UnaryDefinition>, context: CallContext) => service.Unary(request, asCall(context)),
      ClientStream: (messages: AsyncIterable<Request<UnaryDefinition>>, context: CallContext) =>
        service.ClientStream(messages, asCall(context)),
      ServerStream: (request: Request<StreamDefinition>, context: CallContext) =>
        service.ServerStream(request, asCall(context)),
      BidiStream: (messages: AsyncIterable<Request<StreamDefinition>>, context: CallContext) =>
        service.BidiStream(messages, asCall(context)),
      Unimplemented: () => Promise.reject(new ServerError(status.UNIMPLEMENTED, '')),
      IdempotentUnary: (request: Request<UnaryDefinition>, context: CallContext) =>
        service.Unary(request, asCall(context)),
    } as unknown as ServiceImplementation<ServiceDefinition>,
  );
  const port = await server.listen('127.0.0.1:0', credentials);
  return { port, stop: async () => server.forceShutdown() };
}

type Options = ReturnType<typeof optionsOf>;

const optionsOf = ({ headers, timeoutMs, signal, onHeaders, onTrailers }: PromiseCall) => ({
  metadata: addAll(new Metadata(), headers),
  ...(timeoutMs !== undefined && { deadline: timeoutMs }),
  signal,
  onHeader: (header: Metadata) => onHeaders(toHeaders(header)),
  onTrailer: (trailer: Metadata) => onTrailers(toHeaders(trailer)),
});

/** A client of nice-grpc. */
export function niceClient(
  address: string,
  credentials: ChannelCredentials,
  options: ChannelOptions,
): PromiseClient & { close(): void } {
  const channel = createChannel(address, credentials, options);
  const methods = createClientFactory()
    .use(deadlineMiddleware)
    .create(conformanceService as unknown as ServiceDefinition, channel) as unknown as Record<
    string,
    (request: unknown, options: Options) => unknown
  >;
  const invoke = (method: string, request: unknown, call: PromiseCall) => methods[method]?.(request, optionsOf(call));
  let trailer: Header[] = [];
  const keep = (call: PromiseCall): PromiseCall => ({
    ...call,
    onTrailers(trailers) {
      trailer = trailers;
      call.onTrailers(trailers);
    },
  });
  return {
    close: () => channel.close(),
    unary: (method, request, call) => invoke(method, request, keep(call)) as Promise<Payload>,
    clientStream: (requests, call) => invoke('ClientStream', requests, keep(call)) as Promise<Payload>,
    serverStream: (request, call) => invoke('ServerStream', request, keep(call)) as AsyncIterable<Payload>,
    bidiStream: (requests, call) => invoke('BidiStream', requests, keep(call)) as AsyncIterable<Payload>,
    read(error) {
      if (error instanceof Error && error.name === 'AbortError') {
        return { error: { code: status.CANCELLED, details: [] } };
      }
      if (!(error instanceof ClientError)) throw error;
      const bytes = trailer.find(({ name }) => name === DETAILS)?.value[0];
      const details = bytes ? errorDetails(Buffer.from(bytes, 'base64')) : [];
      return { error: { code: error.code, message: error.details, details } };
    },
  };
}
