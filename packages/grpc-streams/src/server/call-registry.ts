import type { ServiceError } from '@grpc/grpc-js';
import type { ServerCall } from './server-call.ts';

/** A call that is handled by a handler of this package. */
export interface HandledCall {
  /** Until the handler has ended. */
  readonly isRunning: boolean;
  /** Asks the handler to come to an end, unless the call is over. */
  askToEnd(reason: ServiceError): void;
  /** Ends the call, unless it is over. */
  endNow(reason: ServiceError): void;
}

/** Who hears of a call that `OpenCalls` tracks. */
export interface CallListener {
  /** Of an error that its handler threw and that is no status. */
  readonly onError?: ((error: unknown, call: ServerCall) => void) | undefined;
  /** Of the end of its handler, which may be later than that of the call. */
  onHandlerEnd(): void;
}

interface Entry {
  handlerCall?: HandledCall;
  listener?: CallListener;
}

const ENTRY = Symbol('grpc-streams');

/**
 * What `OpenCalls` and the handlers of this package know of one call, which only grpc-js's call object joins. Made with
 * the first question.
 */
export function registered(call: ServerCall & { [ENTRY]?: Entry }): Entry {
  // Not a WeakMap: with a call for each key, it costs the collector more than the calls do.
  call[ENTRY] ??= {};
  return call[ENTRY];
}
