interface Reader<Message> {
  resolve(result: IteratorResult<Message, undefined>): void;
  reject(error: unknown): void;
}

/**
 * A bounded queue of messages: many write, one reads by `for await`.
 *
 * The reader gets every message that was accepted, in order, then the end or the error.
 */
export class MessageQueue<Message> implements AsyncIterableIterator<Message> {
  readonly capacity: number;
  #messages: Message[] = [];
  // The reader that waits, and the one function that notes it, so that a wait needs no closure of its own.
  #resolve: Reader<Message>['resolve'] | undefined;
  #reject: Reader<Message>['reject'] | undefined;
  readonly #wait = (resolve: Reader<Message>['resolve'], reject: Reader<Message>['reject']): void => {
    this.#resolve = resolve;
    this.#reject = reject;
  };
  #ended = false;
  #error: unknown;
  #onEmpty: (() => void) | undefined;
  #onReturn: (() => void) | undefined;

  /**
   * @param capacity how many messages may wait for the reader
   * @param hooks `onEmpty` is called when the reader has taken the last waiting message, `onReturn` when the
   *   reader leaves its loop before the end
   */
  constructor(capacity: number, hooks: { onEmpty?: () => void; onReturn?: () => void } = {}) {
    this.capacity = capacity;
    this.#onEmpty = hooks.onEmpty;
    this.#onReturn = hooks.onReturn;
  }

  /** How many messages wait for the reader. */
  get size(): number {
    return this.#messages.length;
  }

  /** Adds a message. Gives false, and drops the message, when the queue is full or has ended. */
  offer(message: Message): boolean {
    if (this.#ended) return false;
    const resolve = this.#resolve;
    if (resolve) {
      this.#resolve = undefined;
      resolve({ value: message, done: false });
      return true;
    }
    if (this.#messages.length >= this.capacity) return false;
    this.#messages.push(message);
    return true;
  }

  /** Ends the queue: the reader gets what waits, then the end or, if one is given, the error. */
  end(error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    const resolve = this.#resolve;
    this.#resolve = undefined;
    if (!resolve) return;
    if (error === undefined) resolve({ value: undefined, done: true });
    else this.#reject?.(this.#takeError());
  }

  /** Drops what waits, and gives the reader the error instead, of an end too: it never takes a part for the whole. */
  fail(error: unknown): void {
    this.clear();
    if (this.#ended) this.#error = error;
    else this.end(error);
  }

  /** Drops what waits. */
  clear(): void {
    this.#messages.length = 0;
  }

  next(): Promise<IteratorResult<Message, undefined>> {
    if (this.#messages.length > 0) {
      const value = this.#messages.shift() as Message;
      if (this.#messages.length === 0) this.#onEmpty?.();
      return Promise.resolve({ value, done: false });
    }
    if (this.#error !== undefined) return Promise.reject(this.#takeError());
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    if (this.#resolve) return Promise.reject(new Error('a stream of messages has one reader'));
    return new Promise(this.#wait);
  }

  return(): Promise<IteratorResult<Message, undefined>> {
    this.clear();
    this.#error = undefined;
    if (!this.#ended) {
      this.end();
      this.#onReturn?.();
    }
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #takeError(): unknown {
    const error = this.#error;
    this.#error = undefined;
    return error;
  }
}
