import type {
  Client,
  ClientDuplexStream,
  ClientReadableStream,
  ClientUnaryCall,
  ClientWritableStream,
  CallOptions as GrpcCallOptions,
  Metadata,
  requestCallback,
} from '@grpc/grpc-js';
import type { CallOptions } from './call-watch.ts';
import {
  type BidiCall,
  bidiCall,
  type ClientStreamingCall,
  clientStreamingCall,
  type ServerStreamingCall,
  serverStreamingCall,
  type UnaryCall,
  unaryCall,
} from './client-calls.ts';

/**
 * How a call is made: with grpc-js's own options, as `deadline`, a `Date` or milliseconds since 1970, and
 *
 * - `metadata`, to be sent before the first request;
 * - `signal`, which cancels the call when it fires;
 * - `bufferBytes`, as in {@link CallOptions}.
 *
 * A handler passes on the deadline and the cancel of its own call: `{ signal, deadline }` of its context.
 */
export interface MakeCallOptions extends CallOptions, Partial<GrpcCallOptions> {
  /** Sent before the first request. */
  readonly metadata?: Metadata | undefined;
}

/** The methods of a generated client, each a function of what it sends and how. */
export type Calls<GeneratedClient> = {
  readonly [Name in Exclude<keyof GeneratedClient, keyof Client> as MakeCall<GeneratedClient[Name]> extends never
    ? never
    : Name]: MakeCall<GeneratedClient[Name]>;
};

// Of a method with overloads TypeScript infers from the last one. There the request, if there is one, is the first
// argument, and the callback, if there is one, the last.
type MakeCall<Method> = Method extends (...args: infer Args) => infer Call
  ? Call extends ClientDuplexStream<infer Request, infer Response>
    ? (options?: MakeCallOptions) => BidiCall<Request, Response>
    : Call extends ClientReadableStream<infer Response>
      ? (request: First<Args>, options?: MakeCallOptions) => ServerStreamingCall<Response>
      : Call extends ClientWritableStream<infer Request>
        ? (options?: MakeCallOptions) => ClientStreamingCall<Request, ResponseIn<Args>>
        : Call extends ClientUnaryCall
          ? (request: First<Args>, options?: MakeCallOptions) => UnaryCall<ResponseIn<Args>>
          : never
  : never;

type First<Args> = Args extends [infer Request, ...unknown[]] ? Request : never;
type ResponseIn<Args> = Args extends [...unknown[], (error: never, response: infer Response) => void]
  ? NonNullable<Response>
  : never;

/** What grpc-js's client constructors put on the prototype: a function that has the definition of its method. */
interface GeneratedMethod {
  (...args: unknown[]): unknown;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
}

/**
 * The calls of a generated client: `await callsOf(client).say(request, { signal, deadline, metadata })`. Takes what
 * grpc-js makes clients of: the code of grpc-tools, of proto-loader and of ts-proto, and definitions of your own.
 */
export function callsOf<GeneratedClient extends Client>(client: GeneratedClient): Calls<GeneratedClient> {
  const calls: Record<string, unknown> = {};
  for (const name in client) {
    const method: unknown = client[name];
    if (isGenerated(method)) calls[name] = makeCall(client, method);
  }
  return calls as Calls<GeneratedClient>;
}

function makeCall(client: Client, method: GeneratedMethod) {
  /** Starts the call as grpc-js does; a method may have a callback. */
  function start<Call>(
    request: readonly unknown[],
    options: MakeCallOptions,
    callback?: requestCallback<unknown>,
  ): Call {
    const { metadata, signal: _signal, bufferBytes: _bufferBytes, ...grpcOptions } = options;
    const args = [...request, ...(metadata ? [metadata] : []), grpcOptions, ...(callback ? [callback] : [])];
    return Reflect.apply(method, client, args) as Call;
  }
  if (method.requestStream) {
    return method.responseStream
      ? (options: MakeCallOptions = {}) => bidiCall<unknown, unknown>(start([], options), options)
      : (options: MakeCallOptions = {}) =>
          clientStreamingCall<unknown, unknown>((callback) => start([], options, callback), options);
  }
  return method.responseStream
    ? (request: unknown, options: MakeCallOptions = {}) =>
        serverStreamingCall<unknown>(start([request], options), options)
    : (request: unknown, options: MakeCallOptions = {}) =>
        unaryCall((callback) => start([request], options, callback), options);
}

function isGenerated(method: unknown): method is GeneratedMethod {
  return typeof method === 'function' && 'requestStream' in method && 'responseStream' in method;
}
