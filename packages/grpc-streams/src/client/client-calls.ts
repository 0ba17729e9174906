import {
  type ClientDuplexStream,
  type ClientReadableStream,
  type ClientUnaryCall,
  type ClientWritableStream,
  Metadata,
  type requestCallback,
  type ServiceError,
  type StatusObject,
  status,
} from '@grpc/grpc-js';
import { readMessages } from '../read-messages.ts';
import { statusError } from '../status.ts';
import { setEndsRight } from './call-ends.ts';
import { type CallOptions, CallWatch, cancelOnAbort } from './call-watch.ts';
import { pipelineWrites } from './pipelined-writes.ts';
import { type Sender, senderOf } from './sender.ts';

interface Responses<Response> {
  /**
   * The responses, for one reader. Throws the `ServiceError` of a call that fails, after the responses that came before
   * it; leaving the loop early cancels the call.
   */
  readonly responses: AsyncIterable<Response>;
}

interface Outcome<GrpcCall> {
  /** The call as grpc-js has it: `cancel()`, `getPeer()`. */
  readonly grpcCall: GrpcCall;
  /**
   * What the server sent before its first response; empty for a call that succeeds without. Rejects with the
   * `ServiceError` of one that fails without.
   */
  readonly headers: Promise<Metadata>;
  /** How the call ended, whatever the end: resolves with the status and its trailer. */
  readonly status: Promise<StatusObject>;
  /** What the server sent with the status, whatever that is. */
  readonly trailer: Promise<Metadata>;
  /**
   * Ends the call with DEADLINE_EXCEEDED and these details unless the server ends it within so many milliseconds: for
   * one that may never answer the half-close. A deadline would have to be known when the call is made.
   */
  endWithin(milliseconds: number, details: string): void;
}

/** The response, to be awaited; rejects with the `ServiceError` of a call that fails. */
export type UnaryCall<Response> = Promise<Response> & Outcome<ClientUnaryCall>;
/** The responses, to be read by `for await`, which throws the `ServiceError` of a call that fails. */
export type ServerStreamingCall<Response> = Responses<Response> & Outcome<ClientReadableStream<Response>>;
/** Requests to be sent while the responses are read, each at its own pace. */
export type BidiCall<Request, Response> = Responses<Response> &
  Sender<Request> &
  Outcome<ClientDuplexStream<Request, Response>>;
/** Requests to be sent, and the one response. */
export type ClientStreamingCall<Request, Response> = Sender<Request> &
  Outcome<ClientWritableStream<Request>> & {
    /** The response; rejects with the `ServiceError` of a call that fails. */
    readonly response: Promise<Response>;
  };

/**
 * Makes a unary call: `await unaryCall((callback) => client.method(request, callback))`.
 *
 * @throws ServiceError when the call fails
 */
export function unaryCall<Response>(
  start: (callback: requestCallback<Response>) => ClientUnaryCall,
  options: CallOptions = {},
): UnaryCall<Response> {
  let settle: requestCallback<Response> = () => {};
  const response = new UnaryPromise<Response>((resolve, reject) => {
    settle = (error, value) => (error ? reject(error) : resolve(value as Response));
  });
  const call = start((error, value) => settle(error, value));
  response.outcome = takeOver(call, options, { isUnary: true, sendsOnce: true }).outcome;
  return response;
}

/** Properties that each promise gets of its own would cost a tenth of a call. */
class UnaryPromise<Response> extends Promise<Response> implements Outcome<ClientUnaryCall> {
  static override readonly [Symbol.species] = Promise;
  outcome!: Outcome<ClientUnaryCall>;

  get grpcCall(): ClientUnaryCall {
    return this.outcome.grpcCall;
  }
  get headers(): Promise<Metadata> {
    return this.outcome.headers;
  }
  get status(): Promise<StatusObject> {
    return this.outcome.status;
  }
  get trailer(): Promise<Metadata> {
    return this.outcome.trailer;
  }
  endWithin(milliseconds: number, details: string): void {
    this.outcome.endWithin(milliseconds, details);
  }
}

/** Makes a client-streaming call: `clientStreamingCall((callback) => client.method(callback))`. */
export function clientStreamingCall<Request, Response>(
  start: (callback: requestCallback<Response>) => ClientWritableStream<Request>,
  options: CallOptions = {},
): ClientStreamingCall<Request, Response> {
  let settle: requestCallback<Response> = () => {};
  const response = new Promise<Response>((resolve, reject) => {
    settle = (error, value) => (error ? reject(error) : resolve(value as Response));
  });
  response.catch(() => {}); // its caller may still be sending when the call fails
  const call = start((error, value) => settle(error, value));
  const { watch, outcome } = takeOver(call, options);
  return Object.assign(outcome, { response }, senderOf(call, watch));
}

/** Takes over a server-streaming call: `serverStreamingCall(client.method(request))`. */
export function serverStreamingCall<Response>(
  call: ClientReadableStream<Response>,
  options: CallOptions = {},
): ServerStreamingCall<Response> {
  const { outcome } = takeOver(call, options, { sendsOnce: true });
  return Object.assign(outcome, { responses: readResponses(call, options) });
}

/** Takes over a bidirectional call: `bidiCall(client.method())`. */
export function bidiCall<Request, Response>(
  call: ClientDuplexStream<Request, Response>,
  options: CallOptions = {},
): BidiCall<Request, Response> {
  const { watch, outcome } = takeOver(call, options);
  return Object.assign(outcome, { responses: readResponses<Response>(call, options) }, senderOf(call, watch));
}

function takeOver<GrpcCall extends ClientUnaryCall>(
  grpcCall: GrpcCall,
  { signal }: CallOptions,
  { isUnary = false, sendsOnce = false } = {},
): { watch: CallWatch; outcome: Outcome<GrpcCall> } {
  const watch = new CallWatch(grpcCall);
  cancelOnAbort(grpcCall, signal);
  setEndsRight(grpcCall, {
    isUnary,
    sendsOnce,
    onStream(stream) {
      if (isUnary) return;
      pipelineWrites(stream);
      stream.once('trailers', () => watch.end());
    },
  });
  return { watch, outcome: new CallOutcome(grpcCall, watch) };
}

/** A class: getters that each call gets of its own, in a literal, would hold it longer than it lives; see letGo. */
class CallOutcome<GrpcCall extends ClientUnaryCall> implements Outcome<GrpcCall> {
  readonly grpcCall: GrpcCall;
  readonly #watch: CallWatch;
  #headers: Metadata | undefined;

  constructor(grpcCall: GrpcCall, watch: CallWatch) {
    this.grpcCall = grpcCall;
    this.#watch = watch;
    grpcCall.once('metadata', (metadata) => {
      this.#headers = metadata;
    });
  }

  get headers(): Promise<Metadata> {
    const headers = this.#readHeaders();
    headers.catch(() => {}); // the status tells it too
    return headers;
  }

  get status(): Promise<StatusObject> {
    return this.#watch.status;
  }

  get trailer(): Promise<Metadata> {
    return this.status.then(({ metadata }) => metadata);
  }

  readonly endWithin = (milliseconds: number, details: string): void => {
    if (this.#watch.over) return;
    const end = () => this.grpcCall.call?.cancelWithStatus(status.DEADLINE_EXCEEDED, details);
    const late = setTimeout(end, milliseconds);
    this.#watch.onOver(() => clearTimeout(late));
  };

  // Few ask for them: a call whose headers nobody asks for makes no promise of them, and no error.
  async #readHeaders(): Promise<Metadata> {
    if (!this.#headers && !this.#watch.over) {
      await this.#watch.orOver(new Promise((resolve) => this.grpcCall.once('metadata', resolve)));
    }
    if (this.#headers) return this.#headers;
    const { code, details, metadata } = await this.#watch.status;
    if (code === status.OK) return new Metadata();
    throw statusError(code, details, metadata);
  }
}

function readResponses<Response>(
  call: ClientReadableStream<Response>,
  { signal, bufferBytes }: CallOptions,
): AsyncIterable<Response> {
  // Leaving a loop over a grpc-js call does not cancel it (https://github.com/grpc/grpc-node/issues/1238).
  const responses = readMessages<Response>(call, { bufferBytes, onReturn: () => call.cancel() });
  let failure: ServiceError | undefined;
  // Without a listener, the process would end with the call.
  call.on('error', (error: ServiceError) => {
    failure ??= error;
    // Who has cancelled wants no more responses.
    if (signal?.aborted) responses.fail(error);
  });
  // 'end' comes after every end, good or bad, once the responses before it are read.
  call.once('end', () => responses.end(failure));
  return responses;
}
