import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createSecureServer, createServer, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import {
  createFileRegistry,
  type DescMessage,
  type DescMethod,
  type DescService,
  fromBinary,
  type Message,
  toBinary,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { ConnectError, createClient, type HandlerContext } from '@connectrpc/connect';
import { compressionGzip, connectNodeAdapter, createGrpcTransport } from '@connectrpc/connect-node';
import type { Payload } from './client-request.ts';
import type { Request, StreamDefinition, UnaryDefinition } from './definitions.ts';
import { type ErrorMessage, type Header, pack, typeOf } from './messages.ts';
import type { PromiseCall, PromiseClient } from './promise-invoke.ts';
import { type SuiteCall, service } from './service.ts';

const SERVICE = 'connectrpc.conformance.v1.ConformanceService';

function suiteService(): DescService {
  const bytes = readFileSync(process.env.SUITE_DESCRIPTORS ?? '');
  const found = createFileRegistry(fromBinary(FileDescriptorSetSchema, bytes)).getService(SERVICE);
  if (!found) throw new Error(`no ${SERVICE} among the descriptors`);
  return found;
}

/** The messages of the suite's own code are not those of protobuf-es: they go over as bytes. */
const toSuite = <Kind>(schema: DescMessage, message: Message): Kind =>
  typeOf(schema.name).decode(toBinary(schema, message)) as unknown as Kind;
const fromSuite = (schema: DescMessage, message: object): Message =>
  fromBinary(schema, typeOf(schema.name).encode(message).finish());

const toHeaders = (headers: Headers): Header[] =>
  [...headers].map(([name, value]) => ({ name, value: value.split(', ') }));

function addAll(headers: Headers, added: readonly Header[]): Headers {
  for (const { name, value } of added) for (const text of value) headers.append(name, text);
  return headers;
}

async function* each<From, To>(messages: AsyncIterable<From>, map: (message: From) => To): AsyncGenerator<To> {
  for await (const message of messages) yield map(message);
}

const asCall = (context: HandlerContext): SuiteCall => ({
  signal: context.signal,
  info(requests) {
    const timeLeft = context.timeoutMs();
    return {
      request_headers: toHeaders(context.requestHeader),
      requests,
      ...(timeLeft !== undefined && { timeout_ms: Math.max(0, Math.round(timeLeft)) }),
    };
  },
  sendHeaders: (headers) => void addAll(context.responseHeader, headers),
  addTrailers: (trailers) => void addAll(context.responseTrailer, trailers),
  failure({ code, message = '', details }, info) {
    const error = new ConnectError(message, code);
    error.details = [...details, ...(info ? [pack('ConformancePayload.RequestInfo', info)] : [])].map(
      ({ type_url, value }) => ({ type: type_url.slice(type_url.lastIndexOf('/') + 1), value: Uint8Array.from(value) }),
    );
    return error;
  },
});

/** What a handler is for a method, by its kind. */
function handlerOf({ name, input, output, methodKind }: DescMethod) {
  const request = <Kind>(message: Message) => toSuite<Kind>(input, message);
  const response = (message: object) => fromSuite(output, message);
  switch (methodKind) {
    case 'client_streaming':
      return async (messages: AsyncIterable<Message>, context: HandlerContext) =>
        response(await service.ClientStream(each(messages, request<Request<UnaryDefinition>>), asCall(context)));
    case 'server_streaming':
      return (message: Message, context: HandlerContext) =>
        each(service.ServerStream(request<Request<StreamDefinition>>(message), asCall(context)), response);
    case 'bidi_streaming':
      return (messages: AsyncIterable<Message>, context: HandlerContext) =>
        each(service.BidiStream(each(messages, request<Request<StreamDefinition>>), asCall(context)), response);
    default:
      return name === 'Unimplemented'
        ? undefined
        : async (message: Message, context: HandlerContext) =>
            response(await service.Unary(request<Request<UnaryDefinition>>(message), asCall(context)));
  }
}

/** Starts a server of connect-node. */
export async function startConnectServer(
  { pair, clientCa }: { pair?: { cert: Uint8Array; key: Uint8Array } | undefined; clientCa: Uint8Array },
  receiveLimit: number,
) {
  const suite = suiteService();
  const methods = suite.methods.flatMap((method) => {
    const handler = handlerOf(method);
    return handler ? [[method.localName, handler] as const] : [];
  });
  const handle = connectNodeAdapter({
    routes: (router) => router.service(suite, Object.fromEntries(methods) as object),
    ...(receiveLimit > 0 && { readMaxBytes: receiveLimit }),
  });
  const tls = pair && { cert: Buffer.from(pair.cert), key: Buffer.from(pair.key) };
  const mutual = clientCa.length > 0 && { ca: Buffer.from(clientCa), requestCert: true, rejectUnauthorized: true };
  const server: Http2Server = tls ? createSecureServer({ ...tls, ...mutual }, handle) : createServer(handle);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { port: (server.address() as AddressInfo).port, stop: async () => process.exit() };
}

type Method = (request: unknown, options: object) => unknown;

/** A client of connect-node. */
export function connectClient(
  address: string,
  tls: { ca?: Buffer; cert?: Buffer; key?: Buffer } | undefined,
  { isGzip, receiveLimit }: { isGzip: boolean; receiveLimit: number },
): PromiseClient {
  const suite = suiteService();
  const transport = createGrpcTransport({
    baseUrl: `${tls ? 'https' : 'http'}://${address}`,
    ...(tls && { nodeOptions: tls }),
    acceptCompression: [compressionGzip],
    ...(isGzip && { sendCompression: compressionGzip }),
    ...(receiveLimit > 0 && { readMaxBytes: receiveLimit }),
  });
  const methods = createClient(suite, transport) as unknown as Record<string, Method>;
  const method = (name: string) => {
    const found = suite.methods.find((candidate) => candidate.name === name);
    const call = found && methods[found.localName];
    if (!call) throw new Error(`no method ${name}`);
    return { ...found, call };
  };
  const optionsOf = ({ headers, timeoutMs, signal, onHeaders, onTrailers }: PromiseCall) => ({
    headers: addAll(new Headers(), headers),
    ...(timeoutMs !== undefined && { timeoutMs }),
    signal,
    onHeader: (received: Headers) => onHeaders(toHeaders(received)),
    onTrailer: (received: Headers) => onTrailers(toHeaders(received)),
  });
  async function one(name: string, request: unknown, call: PromiseCall): Promise<Payload> {
    const { output, call: make } = method(name);
    return toSuite(output, (await make(request, optionsOf(call))) as Message);
  }
  function many(name: string, request: unknown, call: PromiseCall): AsyncIterable<Payload> {
    const { output, call: make } = method(name);
    return each(make(request, optionsOf(call)) as AsyncIterable<Message>, (message) => toSuite(output, message));
  }
  const from = (name: string) => (message: object) => fromSuite(method(name).input, message);
  return {
    unary: (name, request, call) => one(name, from(name)(request), call),
    clientStream: (requests, call) => one('ClientStream', each(requests, from('ClientStream')), call),
    serverStream: (request, call) => many('ServerStream', from('ServerStream')(request), call),
    bidiStream: (requests, call) => many('BidiStream', each(requests, from('BidiStream')), call),
    read(thrown) {
      const { code, rawMessage, details, metadata } = ConnectError.from(thrown);
      const error: ErrorMessage = {
        code,
        message: rawMessage,
        details: details.map((detail) =>
          'desc' in detail
            ? { type_url: '', value: Buffer.of() }
            : { type_url: `type.googleapis.com/${detail.type}`, value: detail.value },
        ),
      };
      return { error, trailers: toHeaders(metadata) };
    },
  };
}
