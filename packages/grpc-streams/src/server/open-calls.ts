import {
  type ServiceError,
  type sendUnaryData,
  status,
  type UntypedHandleCall,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { holdFewMessages } from '../grpc-js-internals.ts';
import { statusError } from '../status.ts';
import { endIsDue } from './bound-calls.ts';
import { registered } from './call-registry.ts';
import type { ServerCall } from './server-call.ts';

/** The bound of {@link OpenCalls}, and who hears of what goes wrong. */
export interface OpenCallsOptions {
  /** Hears of what handlers throw that is no status; without it, that goes to `console.error`. */
  readonly onError?: ((error: unknown, call: ServerCall) => void) | undefined;
  /** How many calls may be open; a further one ends with RESOURCE_EXHAUSTED. Default: no limit. */
  readonly maxCalls?: number | undefined;
  /** Hears of each call that was refused for that. */
  readonly onRefused?: ((call: ServerCall) => void) | undefined;
  /** Hears, once, of a handler of this package that still runs so long after its call has ended. */
  readonly onRunningOn?: ((call: ServerCall) => void) | undefined;
  /** How long that is, in milliseconds. Default: 10,000. */
  readonly runningOnMs?: number | undefined;
}

interface OpenCall {
  readonly fail: (reason: ServiceError) => void;
  readonly isUnary: boolean;
}

/**
 * The open calls of one server. grpc-js does not know them: `tryShutdown` waits for ever while a stream is open, and
 * `forceShutdown` tells clients CANCELLED (https://github.com/grpc/grpc-node/issues/1458).
 *
 * Works with the handlers of this package and with plain grpc-js ones.
 */
export class OpenCalls {
  readonly #open = new Map<ServerCall, OpenCall>();
  readonly #runningOn = new Map<ServerCall, NodeJS.Timeout>();
  readonly #options: OpenCallsOptions;

  constructor(options: OpenCallsOptions = {}) {
    this.#options = options;
  }

  /** How many calls are open. */
  get size(): number {
    return this.#open.size;
  }

  /**
   * How many handlers of this package run on after their call has ended. One that never ends, as it waits for what
   * never comes, is kept in memory with all it holds.
   */
  get runningOn(): number {
    return this.#runningOn.size;
  }

  /** Gives the implementation to hand to `server.addService`: the same handlers, their calls counted here. */
  track<Implementation extends UntypedServiceImplementation>(implementation: Implementation): Implementation {
    // Not a proxy of the implementation itself: of a frozen one, it could not give other handlers.
    return new Proxy(Object.create(implementation) as Implementation, {
      get: (_, name) => {
        const handler: unknown = Reflect.get(implementation, name);
        return typeof handler === 'function'
          ? this.#trackHandler(handler.bind(implementation) as UntypedHandleCall)
          : handler;
      },
    });
  }

  /** Asks every handler to come to an end: its signal fires, and its requests end with the reason. */
  interrupt(reason: ServiceError): void {
    for (const [call, { isUnary, fail }] of this.#open) {
      const { handlerCall } = registered(call);
      if (handlerCall) handlerCall.askToEnd(reason);
      else if (!isUnary) fail(reason); // a plain grpc-js stream has no other way to hear of it
    }
  }

  /**
   * Ends calls with the status given, whatever their handlers do.
   *
   * @param which all of them unless told otherwise
   */
  fail(reason: ServiceError, which: (call: ServerCall) => boolean = () => true): void {
    for (const [call, { fail }] of this.#open) if (which(call)) fail(reason);
  }

  #trackHandler(handler: UntypedHandleCall): UntypedHandleCall {
    const tracked = (call: ServerCall, callback?: sendUnaryData<unknown>) => {
      let answered = false;
      const answerOnce: sendUnaryData<unknown> = (...answer) => {
        if (!answered) callback?.(...answer);
        answered = true;
      };
      const fail = (reason: ServiceError) => {
        const { handlerCall } = registered(call);
        if (handlerCall) handlerCall.endNow(reason);
        else if (callback) answerOnce(reason);
        else failStream(call, reason);
      };
      holdFewMessages(call);
      watchEnd(call);
      if (this.#open.size >= (this.#options.maxCalls ?? Number.POSITIVE_INFINITY)) {
        this.#options.onRefused?.(call);
        return fail(statusError(status.RESOURCE_EXHAUSTED, 'this server has as many open calls as it takes'));
      }
      // grpc-js's unary call is a Writable too; what it cannot do is read.
      this.#open.set(call, { fail, isUnary: callback !== undefined && !('read' in call) });
      registered(call).listener = { onError: this.#options.onError, onHandlerEnd: () => this.#handlerEnded(call) };
      // grpc-js emits this at the end of every call.
      call.once('cancelled', () => this.#callEnded(call));
      (handler as (call: ServerCall, callback: unknown) => void)(call, callback && answerOnce);
    };
    return tracked as UntypedHandleCall;
  }

  #callEnded(call: ServerCall): void {
    this.#open.delete(call);
    if (!registered(call).handlerCall?.isRunning) return;
    const { onRunningOn, runningOnMs = 10_000 } = this.#options;
    this.#runningOn.set(call, setTimeout(() => onRunningOn?.(call), runningOnMs).unref());
  }

  #handlerEnded(call: ServerCall): void {
    clearTimeout(this.#runningOn.get(call));
    this.#runningOn.delete(call);
  }
}

/** Tells `boundCalls` of the end of a stream whose status waits in grpc-js behind the messages before it. */
function watchEnd(call: ServerCall & { end?: unknown; writableLength?: number }): void {
  const { end } = call;
  if (typeof end !== 'function') return;
  let isError = false;
  call.prependListener('error', () => {
    isError = true;
  });
  // grpc-js ends a stream that fails by this too.
  const watched = (...trailer: unknown[]): unknown => {
    if (call.writableLength) endIsDue(call, isError);
    return Reflect.apply(end, call, trailer);
  };
  Object.assign(call, { end: watched });
}

/** Fails a plain grpc-js stream, whose handler may go on writing. */
function failStream(call: ServerCall, reason: ServiceError): void {
  call.emit('error', reason);
  // A write after the end would destroy the stream, and the status that waits behind earlier messages with it.
  Object.assign(call, { write: () => false });
}
