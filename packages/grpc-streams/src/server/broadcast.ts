import { type ServiceError, status } from '@grpc/grpc-js';
import { shareFrames } from '../grpc-js-internals.ts';
import { statusError } from '../status.ts';
import { limitUnderWay } from './bound-calls.ts';
import type { HandlerContext } from './handler-call.ts';
import { MessageLog } from './message-log.ts';
import { Subscription } from './subscription.ts';

/** The bounds of a {@link Broadcast}. */
export interface BroadcastOptions {
  /**
   * How many bytes of messages may wait for the slowest subscriber, beside the message that goes beyond. They wait once
   * for all of them. Default: 1 MiB.
   */
  readonly bufferBytes?: number | undefined;
  /** How long a subscriber that takes nothing may keep senders waiting, in milliseconds. Default: 20,000. */
  readonly sendTimeoutMs?: number | undefined;
  /** How the call of a subscriber ends that has kept them waiting so long. Default: RESOURCE_EXHAUSTED. */
  readonly tooSlow?: ServiceError | undefined;
}

/** So often in a row a subscriber is seen to take nothing, within the time that it has, before it is given up. */
const LOOKS = 10;

/** So many small messages are on their way to one subscriber. More would be hardly faster, and cost more memory. */
const UNDER_WAY = 128;

interface Sender<Message> {
  readonly message: Message;
  readonly bytes: number;
  onSent(): void;
}

/**
 * Messages for the clients of many calls: all of them get every message, in the same order, each at its own pace.
 *
 * The messages wait in one log, in which each subscriber has a place. When as many bytes wait for the slowest as may,
 * senders wait, one behind the other: they are held back to what the subscribers take. A subscriber whose client takes
 * nothing for a time meanwhile is given up, and its call ends. One that takes something is not, whatever others send.
 */
export class Broadcast<Message extends object> {
  readonly #bufferBytes: number;
  readonly #sendTimeoutMs: number;
  readonly #tooSlow: ServiceError;
  readonly #log = new MessageLog<Message>();
  /** The messages in the log, or on their way, with what they are on the wire once they have been sent. */
  readonly #frames = new WeakMap<object, Buffer | undefined>();
  readonly #subscriptions = new Set<Subscription<Message>>();
  /** Those that wait. */
  readonly #senders = new Set<Sender<Message>>();
  #timer: NodeJS.Timeout | undefined;

  constructor({ bufferBytes = 2 ** 20, sendTimeoutMs = 20_000, tooSlow }: BroadcastOptions = {}) {
    this.#bufferBytes = bufferBytes;
    this.#sendTimeoutMs = sendTimeoutMs;
    this.#tooSlow = tooSlow ?? statusError(status.RESOURCE_EXHAUSTED, 'you read too slowly');
  }

  /** How many subscriptions there are that may still get a message. */
  get size(): number {
    return this.#subscriptions.size;
  }

  /** Subscribes the client of a call, on which nothing has been sent. The signal of the call ends the subscription. */
  subscribe(context: HandlerContext): Subscription<Message> {
    shareFrames(context.call, this.#frames);
    limitUnderWay(context.call, UNDER_WAY);
    const subscription = new Subscription(
      this.#log,
      context,
      () => this.#letSend(),
      () => {
        this.#subscriptions.delete(subscription);
        this.#letSend();
      },
    );
    this.#subscriptions.add(subscription);
    return subscription;
  }

  /**
   * Sends a message to all who are subscribed; resolves once it has its place in the log.
   *
   * @param message not to be changed any more: its bytes are made once for all calls, which are of one method
   * @param bytes how many they are
   * @param signal withdraws the message while it waits for its place: this rejects with the reason then
   */
  async send(message: Message, bytes: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.#senders.size > 0 || this.#isFull()) await this.#itsTurn(message, bytes, signal);
    else this.#append(message, bytes);
  }

  #itsTurn(message: Message, bytes: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const withdraw = () => {
        this.#senders.delete(sender);
        this.#watch();
        reject(signal?.reason);
      };
      const onSent = () => {
        signal?.removeEventListener('abort', withdraw);
        resolve();
      };
      const sender = { message, bytes, onSent };
      signal?.addEventListener('abort', withdraw);
      this.#senders.add(sender);
      this.#watch();
    });
  }

  #isFull(): boolean {
    return this.#log.bytes >= this.#bufferBytes;
  }

  #append(message: Message, bytes: number): void {
    this.#frames.set(message, undefined);
    this.#log.append(message, bytes);
    for (const subscription of this.#subscriptions) subscription.wake();
  }

  /** Lets the senders that wait go on, as far as there is room. */
  #letSend(): void {
    if (this.#senders.size === 0) return;
    for (const sender of this.#senders) {
      if (this.#isFull()) return;
      this.#senders.delete(sender);
      this.#append(sender.message, sender.bytes);
      sender.onSent();
    }
    this.#watch();
  }

  /** Looks after the subscribers as long as senders wait. */
  #watch(): void {
    if (this.#senders.size > 0) {
      this.#timer ??= setInterval(() => this.#look(), this.#sendTimeoutMs / LOOKS).unref();
    } else {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  #look(): void {
    for (const subscription of this.#subscriptions) {
      // Looks count, not seconds: while this process is held up itself, it looks at nobody. The first one is a beginning.
      if (subscription.look() > LOOKS) subscription.giveUp(this.#tooSlow);
    }
  }
}
