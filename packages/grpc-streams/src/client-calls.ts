import { setMaxListeners } from 'node:events';
import type { Writable } from 'node:stream';
import type {
  ClientDuplexStream,
  ClientReadableStream,
  ClientUnaryCall,
  ClientWritableStream,
  requestCallback,
  ServiceError,
  StatusObject,
} from '@grpc/grpc-js';
import { readMessages } from './read-messages.ts';

export interface CallOptions {
  /** Cancels the call when it fires. */
  readonly signal?: AbortSignal | undefined;
}

interface Replies<Reply> {
  /**
   * The replies, for one reader. Throws the `ServiceError` of a call that fails, after the replies that came before
   * it; leaving the loop early cancels the call.
   */
  readonly replies: AsyncIterable<Reply>;
}

interface Sender<Request> {
  /**
   * Sends a message, and waits while the peer or the network is slow. Gives false once the call is over: nothing more
   * can be sent, and whoever reads learns why. The status is not thrown here, so that two tasks can share the call and
   * one of them reports its failure.
   */
  send(message: Request): Promise<boolean>;
  /** Sends every message, then half-closes. Stops when the call is over; cancels it when the source throws. */
  sendAll(messages: Iterable<Request> | AsyncIterable<Request>): Promise<void>;
  /** Says that no more messages come. A later `send` throws. */
  halfClose(): void;
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

/** Cancels a call when the caller's signal fires, and tells when the call is over. */
class CallWatch {
  over = false;
  readonly status: Promise<StatusObject>;
  readonly #listeners = new Set<() => void>();

  constructor(call: ClientUnaryCall, { signal }: CallOptions) {
    const cancel = () => call.cancel();
    this.status = new Promise((resolve) => {
      call.once('status', (status: StatusObject) => {
        this.over = true;
        signal?.removeEventListener('abort', cancel);
        for (const listener of this.#listeners) listener();
        resolve(status);
      });
    });
    if (signal?.aborted) cancel();
    else if (signal) {
      // A program may cancel all its calls by one signal; Node 20 takes more than ten listeners for a leak.
      setMaxListeners(0, signal);
      signal.addEventListener('abort', cancel);
    }
  }

  /** Resolves with the promise, or with undefined once the call is over. */
  async orOver<Value>(promise: Promise<Value>): Promise<Value | undefined> {
    if (this.over) return undefined;
    // Promise.race would leave one reaction on the status for every message of the call.
    let stop: () => void = () => {};
    const over = new Promise<undefined>((resolve) => {
      stop = () => resolve(undefined);
    });
    this.#listeners.add(stop);
    try {
      return await Promise.race([promise, over]);
    } finally {
      this.#listeners.delete(stop);
    }
  }
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

function senderOf<Request>(call: ClientWritableStream<Request>, watch: CallWatch): Sender<Request> {
  let drained: Promise<void> | undefined;

  async function send(message: Request): Promise<boolean> {
    if (watch.over) return false;
    if (call.writableEnded) throw new Error('send() after halfClose()');
    if (call.write(message)) return true;
    drained ??= whenDrained(call).then(() => {
      drained = undefined;
    });
    // It never comes once the call is over.
    await watch.orOver(drained);
    return !watch.over;
  }

  async function sendAll(messages: Iterable<Request> | AsyncIterable<Request>): Promise<void> {
    const iterator = Symbol.asyncIterator in messages ? messages[Symbol.asyncIterator]() : messages[Symbol.iterator]();
    try {
      while (!watch.over) {
        const next = await watch.orOver(Promise.resolve(iterator.next()));
        if (next?.done) return halfClose();
        if (!next || !(await send(next.value))) break;
      }
    } catch (error) {
      call.cancel();
      void leave(iterator);
      throw error;
    }
    // Not awaited: a generator that waits for something else does not return before that comes.
    void leave(iterator);
  }

  function halfClose(): void {
    call.end();
  }

  return { send, sendAll, halfClose };
}

/** Resolves when the transport takes messages again, or has taken the last one: after half-close no 'drain' comes. */
function whenDrained(call: Writable): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      call.off('drain', settle).off('finish', settle);
      resolve();
    };
    call.once('drain', settle).once('finish', settle);
  });
}

async function leave(iterator: Iterator<unknown> | AsyncIterator<unknown>): Promise<void> {
  try {
    await iterator.return?.();
  } catch {
    // Its messages are not wanted any more, nor is its failure to stop.
  }
}
