import { setMaxListeners } from 'node:events';

interface Reader<Message> {
  resolve(result: IteratorResult<Message, undefined>): void;
  reject(error: unknown): void;
}

/** What a queue tells, and what ends it. */
export interface MessageQueueOptions<Message = unknown> {
  /**
   * Ends the queue with its reason when it fires. Give it the signal of a call whose handler reads the queue: a handler
   * that waits for a queue where nothing comes would wait for ever, and never run its `finally`.
   */
  readonly signal?: AbortSignal;
  /** How many bytes a message counts for, in {@link MessageQueue.bytes}; the same each time that it is asked. */
  bytesOf?(message: Message): number;
  /** Called when the reader has taken the last message that waited. */
  readonly onEmpty?: () => void;
  /** Called when the reader asks and nothing is there for it: it is done with what it has taken. */
  readonly onWait?: (() => void) | undefined;
  /** Called when the reader leaves its loop before the end. */
  readonly onReturn?: () => void;
  /** Called with each message that the reader takes. */
  readonly onTaken?: (() => void) | undefined;
  /** Called when what waits is dropped, even if that is nothing. */
  readonly onDropped?: (() => void) | undefined;
}

/**
 * A bounded queue of messages: many write, one reads by `for await`.
 *
 * The reader gets every message that was accepted, in order, then the end or the error.
 */
export class MessageQueue<Message> implements AsyncIterableIterator<Message> {
  /** How many messages may wait for the reader. */
  readonly capacity: number;
  #messages: Message[] = [];
  /** The reader that waits. */
  #reader: Reader<Message> | undefined;
  #ended = false;
  #error: unknown;
  #bytes = 0;
  readonly #options: MessageQueueOptions<Message>;
  readonly #onAbort = () => this.end(this.#options.signal?.reason);

  /** @param capacity how many messages may wait for the reader */
  constructor(capacity: number, options: MessageQueueOptions<Message> = {}) {
    this.capacity = capacity;
    this.#options = options;
    const { signal } = options;
    if (signal?.aborted) {
      this.#onAbort();
    } else if (signal) {
      // Many queues may end by one signal; Node takes more than ten listeners for a leak.
      setMaxListeners(0, signal);
      signal.addEventListener('abort', this.#onAbort);
    }
  }

  /** How many messages wait for the reader. */
  get size(): number {
    return this.#messages.length;
  }

  /** How many bytes they count for, by `bytesOf`; 0 without it. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds a message. Gives false, and drops the message, when the queue is full or has ended. */
  offer(message: Message): boolean {
    if (this.#ended) return false;
    const reader = this.#reader;
    if (reader) {
      this.#reader = undefined;
      reader.resolve({ value: message, done: false });
      this.#options.onTaken?.();
      return true;
    }
    if (this.#messages.length >= this.capacity) return false;
    this.#messages.push(message);
    this.#bytes += this.#options.bytesOf?.(message) ?? 0;
    return true;
  }

  /** Ends the queue: the reader gets what waits, then the end or, if one is given, the error. */
  end(error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    const reader = this.#reader;
    this.#reader = undefined;
    if (error === undefined) reader?.resolve({ value: undefined, done: true });
    else if (reader) reader.reject(this.#takeError());
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
    this.#bytes = 0;
    this.#options.onDropped?.();
  }

  /**
   * The next message, or the end. One reader at a time: a second one that waits is rejected.
   *
   * @throws the error that the queue was ended with, once
   */
  next(): Promise<IteratorResult<Message, undefined>> {
    if (this.#messages.length > 0) {
      const value = this.#messages.shift() as Message;
      this.#bytes -= this.#options.bytesOf?.(value) ?? 0;
      this.#options.onTaken?.();
      if (this.#messages.length === 0) this.#options.onEmpty?.();
      return Promise.resolve({ value, done: false });
    }
    this.#options.onWait?.();
    if (this.#error !== undefined) return Promise.reject(this.#takeError());
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    if (this.#reader) return Promise.reject(new Error('a stream of messages has one reader'));
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
    });
  }

  /** The reader leaves: drops what waits, and ends the queue. A `for await` calls it. */
  return(): Promise<IteratorResult<Message, undefined>> {
    this.clear();
    this.#error = undefined;
    if (!this.#ended) {
      this.end();
      this.#options.onReturn?.();
    }
    return Promise.resolve({ value: undefined, done: true });
  }

  /** The queue itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  #takeError(): unknown {
    const error = this.#error;
    this.#error = undefined;
    return error;
  }
}
