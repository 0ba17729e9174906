import type { ServiceError } from '@grpc/grpc-js';
import { partOf } from './grpc-js-internals.ts';

/** Hears what the program does with a call, above all interceptors: for those that record calls. */
export interface ProgramListener {
  /** A loop reads the messages of the call. Without, as in plain grpc-js, nothing is known of what is taken. */
  onReads(): void;
  /** The loop has taken a message. */
  onTaken(): void;
  /** The loop takes no more: what it has not taken by now is dropped. */
  onDropped(): void;
  /** The signal of the handler fires, for this reason. */
  onSignal(reason: ServiceError): void;
}

const listeners = new WeakMap<object, ProgramListener>();
/** So that calls without cost nothing. */
let isUsed = false;

/**
 * Has an interceptor hear what the program does with its call.
 *
 * @param part the call that the interceptor has returned, of a client or a server
 */
export function listenToProgram(part: object, listener: ProgramListener): void {
  isUsed = true;
  listeners.set(part, listener);
}

/** Who listens to the program of a call; of several, the one nearest the program. */
export function programListenerOf(call: object): ProgramListener | undefined {
  if (!isUsed) return undefined;
  const part = partOf(call, (part): part is object => listeners.has(part));
  return part && listeners.get(part);
}
