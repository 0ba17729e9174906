import { setMaxListeners } from 'node:events';
import type { ClientUnaryCall, StatusObject } from '@grpc/grpc-js';

/** What a call takes beside its requests. */
export interface CallOptions {
  /** Cancels the call when it fires. */
  readonly signal?: AbortSignal | undefined;
  /** How many bytes of responses may wait for a slow reader, beside the one that goes beyond. Default: 1 MiB. */
  readonly bufferBytes?: number | undefined;
}

/** Cancels a client call when the caller's signal fires, until the call is over. */
export function cancelOnAbort(call: ClientUnaryCall, signal: AbortSignal | undefined): void {
  if (!signal) return;
  const cancel = () => call.cancel();
  if (signal.aborted) {
    cancel();
    return;
  }
  // A program may cancel all its calls by one signal; Node 20 takes more than ten listeners for a leak.
  setMaxListeners(0, signal);
  signal.addEventListener('abort', cancel);
  call.once('status', () => signal.removeEventListener('abort', cancel));
}

/** Tells when a client call is over: the server has ended it, or this side. */
export class CallWatch {
  /** The status may come later: it is handed up when the messages before it are read. */
  over = false;
  #end: StatusObject | undefined;
  #status: Promise<StatusObject> | undefined;
  #hearStatus: ((status: StatusObject) => void) | undefined;
  #listeners: Set<() => void> | undefined;

  constructor(call: ClientUnaryCall) {
    call.once('status', (status: StatusObject) => {
      this.#end = status;
      this.end();
      this.#hearStatus?.(status);
    });
  }

  /** Made when somebody asks for it; most calls end without. */
  get status(): Promise<StatusObject> {
    this.#status ??= new Promise((resolve) => {
      if (this.#end) resolve(this.#end);
      else this.#hearStatus = resolve;
    });
    return this.#status;
  }

  end(): void {
    this.over = true;
    for (const listener of this.#listeners ?? []) listener();
    this.#listeners = undefined;
  }

  /** Calls the listener when the call is over, unless it is removed before. */
  onOver(listener: () => void): void {
    this.#listeners ??= new Set();
    this.#listeners.add(listener);
  }

  offOver(listener: () => void): void {
    this.#listeners?.delete(listener);
  }

  /** Resolves with the promise, or with undefined once the call is over. */
  orOver<Value>(promise: PromiseLike<Value>): Promise<Value | undefined> {
    // Promise.race would leave one reaction on the status for every message of the call.
    return new Promise((resolve, reject) => {
      const stop = () => resolve(undefined);
      this.onOver(stop);
      promise.then(
        (value) => {
          this.offOver(stop);
          resolve(value);
        },
        (error) => {
          this.offOver(stop);
          reject(error);
        },
      );
    });
  }
}
