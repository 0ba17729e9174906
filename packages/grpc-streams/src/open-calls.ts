import type { ServiceError, sendUnaryData, UntypedHandleCall, UntypedServiceImplementation } from '@grpc/grpc-js';
import { errorListeners, handlerCalls, type ServerCall } from './handler-call.ts';

/**
 * The open calls of one server. grpc-js does not know them: `tryShutdown` waits for ever while a stream is open, and
 * `forceShutdown` tells clients CANCELLED (https://github.com/grpc/grpc-node/issues/1458).
 *
 * Works with the handlers of this package and with plain grpc-js ones.
 */
export class OpenCalls {
  readonly #fail = new Map<ServerCall, (reason: ServiceError) => void>();
  readonly #onError: ((error: unknown, call: ServerCall) => void) | undefined;

  /** @param onError hears of what handlers throw that is no status; without it, that goes to `console.error` */
  constructor(onError?: (error: unknown, call: ServerCall) => void) {
    this.#onError = onError;
  }

  /** How many calls are open. */
  get size(): number {
    return this.#fail.size;
  }

  /** Gives the implementation to hand to `server.addService`: the same handlers, their calls counted here. */
  track<Implementation extends UntypedServiceImplementation>(implementation: Implementation): Implementation {
    return new Proxy(implementation, {
      get: (target, name, receiver) => {
        const handler: unknown = Reflect.get(target, name, receiver);
        return typeof handler === 'function' ? this.#trackHandler(handler.bind(target) as UntypedHandleCall) : handler;
      },
    });
  }

  /** Asks every handler to come to an end: its signal fires, and its requests end with the reason. */
  interrupt(reason: ServiceError): void {
    for (const [call, fail] of this.#fail) {
      const handlerCall = handlerCalls.get(call);
      if (handlerCall) handlerCall.interrupt(reason);
      else if ('write' in call) fail(reason); // a plain grpc-js stream has no other way to hear of it
    }
  }

  /** Ends every call with the status given, whatever its handler does. */
  fail(reason: ServiceError): void {
    for (const fail of this.#fail.values()) fail(reason);
  }

  #trackHandler(handler: UntypedHandleCall): UntypedHandleCall {
    const tracked = (call: ServerCall, callback?: sendUnaryData<unknown>) => {
      let answered = false;
      const answerOnce: sendUnaryData<unknown> = (...answer) => {
        if (!answered) callback?.(...answer);
        answered = true;
      };
      this.#fail.set(call, (reason) => {
        const handlerCall = handlerCalls.get(call);
        if (handlerCall) handlerCall.end(reason);
        else if (callback) answerOnce(reason);
        else call.emit('error', reason);
      });
      // grpc-js emits this at the end of every call.
      call.once('cancelled', () => this.#fail.delete(call));
      if (this.#onError) errorListeners.set(call, this.#onError);
      (handler as (call: ServerCall, callback: unknown) => void)(call, callback && answerOnce);
    };
    return tracked as UntypedHandleCall;
  }
}
