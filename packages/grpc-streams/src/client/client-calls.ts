import type {
  ClientDuplexStream,
  ClientReadableStream,
  ClientUnaryCall,
  ClientWritableStream,
  requestCallback,
  ServiceError,
  StatusObject,
} from '@grpc/grpc-js';
import { readMessages } from '../read-messages.ts';
import { type CallOptions, CallWatch } from './call-watch.ts';
import { type Sender, senderOf } from './sender.ts';

interface Replies<Reply> {
  /**
   * The replies, for one reader. Throws the `ServiceError` of a call that fails, after the replies that came before
   * it; leaving the loop early cancels the call.
   */
  readonly replies: AsyncIterable<Reply>;
}

interface Outcome<Call> {
  /** The grpc-js call: `cancel()`, `getPeer()`, the event 'metadata'. */
  readonly call: Call;
  /** How the call ended, whatever the end: resolves with the status and its trailer. */
  readonly status: Promise<StatusObject>;
}

export type ServerStreamingCall<Reply> = Replies<Reply> & Outcome<ClientReadableStream<Reply>>;
export type BidiCall<Request, Reply> = Replies<Reply> & Sender<Request> & Outcome<ClientDuplexStream<Request, Reply>>;
export type ClientStreamingCall<Request, Reply> = Sender<Request> &
  Outcome<ClientWritableStream<Request>> & {
    /** The reply; rejects with the `ServiceError` of a call that fails. */
    readonly reply: Promise<Reply>;
  };

/**
 * Makes a unary call: `await unaryCall((callback) => client.method(request, callback))`.
 *
 * @throws ServiceError when the call fails
 */
export function unaryCall<Reply>(
  start: (callback: requestCallback<Reply>) => ClientUnaryCall,
  options: CallOptions = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const call = start((error, reply) => (error ? reject(error) : resolve(reply as Reply)));
    new CallWatch(call, options);
  });
}

/** Makes a client-streaming call: `clientStreamingCall((callback) => client.method(callback))`. */
export function clientStreamingCall<Request, Reply>(
  start: (callback: requestCallback<Reply>) => ClientWritableStream<Request>,
  options: CallOptions = {},
): ClientStreamingCall<Request, Reply> {
  let settle: requestCallback<Reply> = () => {};
  const reply = new Promise<Reply>((resolve, reject) => {
    settle = (error, value) => (error ? reject(error) : resolve(value as Reply));
  });
  reply.catch(() => {}); // its caller may still be sending when the call fails
  const call = start((error, value) => settle(error, value));
  const watch = new CallWatch(call, options);
  return { call, reply, status: watch.status, ...senderOf(call, watch) };
}

/** Takes over a server-streaming call: `serverStreamingCall(client.method(request))`. */
export function serverStreamingCall<Reply>(
  call: ClientReadableStream<Reply>,
  options: CallOptions = {},
): ServerStreamingCall<Reply> {
  return { call, replies: readReplies(call, options), status: new CallWatch(call, options).status };
}

/** Takes over a bidirectional call: `bidiCall(client.method())`. */
export function bidiCall<Request, Reply>(
  call: ClientDuplexStream<Request, Reply>,
  options: CallOptions = {},
): BidiCall<Request, Reply> {
  const watch = new CallWatch(call, options);
  return { call, replies: readReplies<Reply>(call, options), status: watch.status, ...senderOf(call, watch) };
}

function readReplies<Reply>(call: ClientReadableStream<Reply>, { signal }: CallOptions): AsyncIterable<Reply> {
  // Leaving a loop over a grpc-js call does not cancel it (https://github.com/grpc/grpc-node/issues/1238).
  const replies = readMessages<Reply>(call, () => call.cancel());
  let failure: ServiceError | undefined;
  // Without a listener, the process would end with the call.
  call.on('error', (error: ServiceError) => {
    failure ??= error;
    if (!signal?.aborted) return;
    replies.clear();
    replies.end(error);
  });
  // 'end' comes after every end, good or bad, once the replies before it are read.
  call.once('end', () => replies.end(failure));
  return replies;
}
