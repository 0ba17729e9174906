import type { ServiceError } from '@grpc/grpc-js';
import { countTaken } from '../grpc-js-internals.ts';
import type { HandlerContext } from './handler-call.ts';
import type { Cursor, MessageLog } from './message-log.ts';

interface Reader<Message> {
  resolve(result: IteratorResult<Message, undefined>): void;
  reject(error: unknown): void;
}

/** The messages of a `Broadcast` for the client of one call, from when it subscribed. */
export class Subscription<Message extends object> implements AsyncIterableIterator<Message> {
  readonly #log: MessageLog<Message>;
  readonly #cursor: Cursor<Message>;
  readonly #context: HandlerContext;
  readonly #onTaken: () => void;
  readonly #onLeave: () => void;
  readonly #taken: { readonly bytes: number };
  readonly #onAbort = () => this.end(this.#context.signal.reason);
  /** Who waits for the next message. */
  #reader: Reader<Message> | undefined;
  /** Where it ends, once it does. */
  #end: { readonly position: number; readonly error: unknown } | undefined;
  #hasLeft = false;
  /** What its client had taken when last looked at, and how often that has been the same. */
  #lastProgress = Number.NaN;
  #idleLooks = 0;

  /**
   * @param onTaken hears of each message that the handler has taken when it asked
   * @param onLeave hears, once, that it keeps nothing more in the log
   */
  constructor(log: MessageLog<Message>, context: HandlerContext, onTaken: () => void, onLeave: () => void) {
    this.#log = log;
    this.#cursor = log.newCursor();
    this.#context = context;
    this.#onTaken = onTaken;
    this.#onLeave = onLeave;
    this.#taken = countTaken(context.call);
    if (context.signal.aborted) this.#onAbort();
    else context.signal.addEventListener('abort', this.#onAbort);
  }

  /** Ends it: what was sent until now comes, then the end or, if one is given, the error. */
  end(error?: unknown): void {
    if (this.#end) return;
    this.#end = { position: this.#log.length, error };
    this.#context.signal.removeEventListener('abort', this.#onAbort);
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader) this.#atEnd(error).then(reader.resolve, reader.reject);
  }

  /** Gives the next message to a reader that waits for it. */
  wake(): void {
    const value = this.#reader && this.#cursor.take();
    if (value === undefined) return;
    this.#reader?.resolve({ value, done: false });
    this.#reader = undefined;
  }

  /** How often in a row its client was seen to have taken nothing of what is there for it. */
  look(): number {
    const progress = this.#cursor.position + this.#taken.bytes;
    const isIdle = this.#cursor.position < this.#log.length && progress === this.#lastProgress;
    this.#lastProgress = progress;
    this.#idleLooks = isIdle ? this.#idleLooks + 1 : 0;
    return this.#idleLooks;
  }

  /** Ends the call at once. */
  giveUp(reason: ServiceError): void {
    this.#leave();
    this.#context.endNow(reason);
  }

  /**
   * The next message, or the end. It has one reader: a second one that waits is rejected.
   *
   * @throws the error that it was ended with
   */
  next(): Promise<IteratorResult<Message, undefined>> {
    if (this.#reader) return Promise.reject(new Error('a subscription has one reader'));
    if (this.#hasLeft) return this.#atEnd();
    if (this.#end?.position === this.#cursor.position) return this.#atEnd(this.#end.error);
    const value = this.#cursor.take();
    if (value === undefined) {
      return new Promise((resolve, reject) => {
        this.#reader = { resolve, reject };
      });
    }
    this.#onTaken();
    return Promise.resolve({ value, done: false });
  }

  /** The reader leaves. A `for await` calls it. */
  return(): Promise<IteratorResult<Message, undefined>> {
    this.end();
    return this.#atEnd();
  }

  /** The subscription itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  #atEnd(error?: unknown): Promise<IteratorResult<Message, undefined>> {
    this.#leave();
    return error === undefined ? Promise.resolve({ value: undefined, done: true }) : Promise.reject(error);
  }

  #leave(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#cursor.leave();
    this.#onLeave();
  }
}
