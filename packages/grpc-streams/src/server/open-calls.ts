import type { ServiceError, sendUnaryData, UntypedHandleCall, UntypedServiceImplementation } from '@grpc/grpc-js';
import { errorListeners, handlerCalls, type ServerCall } from './handler-call.ts';

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
  readonly #onError: ((error: unknown, call: ServerCall) => void) | undefined;

  /** @param onError hears of what handlers throw that is no status; without it, that goes to `console.error` */
  constructor(onError?: (error: unknown, call: ServerCall) => void) {
    this.#onError = onError;
  }

  /** How many calls are open. */
  get size(): number {
    return this.#open.size;
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
      const handlerCall = handlerCalls.get(call);
      if (handlerCall) handlerCall.interrupt(reason);
      else if (!isUnary) fail(reason); // a plain grpc-js stream has no other way to hear of it
    }
  }

  /** Ends every call with the status given, whatever its handler does. */
  fail(reason: ServiceError): void {
    for (const { fail } of this.#open.values()) fail(reason);
  }

  #trackHandler(handler: UntypedHandleCall): UntypedHandleCall {
    const tracked = (call: ServerCall, callback?: sendUnaryData<unknown>) => {
      let answered = false;
      const answerOnce: sendUnaryData<unknown> = (...answer) => {
        if (!answered) callback?.(...answer);
        answered = true;
      };
      const fail = (reason: ServiceError) => {
        const handlerCall = handlerCalls.get(call);
        if (handlerCall) handlerCall.fail(reason);
        else if (callback) answerOnce(reason);
        else failStream(call, reason);
      };
      // grpc-js's unary call is a Writable too; what it cannot do is read.
      this.#open.set(call, { fail, isUnary: callback !== undefined && !('read' in call) });
      // grpc-js emits this at the end of every call.
      call.once('cancelled', () => this.#open.delete(call));
      if (this.#onError) errorListeners.set(call, this.#onError);
      (handler as (call: ServerCall, callback: unknown) => void)(call, callback && answerOnce);
    };
    return tracked as UntypedHandleCall;
  }
}

/** Fails a plain grpc-js stream, whose handler may go on writing. */
function failStream(call: ServerCall, reason: ServiceError): void {
  call.emit('error', reason);
  // A write after the end would destroy the stream, and the status that waits behind earlier messages with it.
  Object.assign(call, { write: () => false });
}
