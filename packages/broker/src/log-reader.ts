import { MessageQueue } from 'grpc-streams';
import type { BrokerSubscription, MessageKind, SubscribeOptions } from './broker.ts';

/** How many messages may wait for one subscriber, and how many bytes of them, beside the message that goes beyond. */
const CAPACITY = 1_000;
const CAPACITY_BYTES = 2 ** 20;

/** A message, and its place in the log. */
export interface Entry<Message> {
  readonly sequence: number;
  readonly message: Message;
}

/** One subscriber of a topic, and where in the log it is. */
export class LogReader<Message> implements BrokerSubscription<Message> {
  readonly messages: MessageQueue<Message>;
  /** Of the last message that it was handed, or does not want. */
  sequence: number;
  /** The sequence behind which it is handed what comes in. Without one, it reads the log by itself. */
  liveFrom: number | undefined;
  hasLeft = false;
  reason = '';
  readonly #positionOf: (sequence: number) => string;
  readonly #onLeave: () => void;
  #onEmpty: (() => void) | undefined;

  constructor(
    sequence: number,
    {
      kind,
      positionOf,
      onLeave,
      first,
      signal,
    }: {
      kind: MessageKind<Message>;
      positionOf: (sequence: number) => string;
      onLeave: () => void;
    } & SubscribeOptions<Message>,
  ) {
    this.sequence = sequence;
    this.#positionOf = positionOf;
    this.#onLeave = onLeave;
    this.messages = new MessageQueue(CAPACITY, {
      bytesOf: (message) => kind.bytesOf(message),
      onEmpty: () => this.#onEmpty?.(),
      ...(signal && { signal }),
    });
    if (first) this.messages.offer(first(this.position));
  }

  get position(): string {
    return this.#positionOf(this.sequence);
  }

  get isLive(): boolean {
    return this.liveFrom !== undefined;
  }

  get isFull(): boolean {
    return this.messages.size >= CAPACITY || this.messages.bytes >= CAPACITY_BYTES;
  }

  /** Takes the next message of the topic; gives false when there is no room for it. */
  take({ sequence, message }: Entry<Message>): boolean {
    if (sequence <= this.sequence) return true;
    if (this.isFull) return false;
    this.messages.offer(message);
    this.sequence = sequence;
    return true;
  }

  /** Says that there is nothing else for it up to here. */
  moveTo(sequence: number): void {
    this.sequence = Math.max(this.sequence, sequence);
  }

  /** Resolves when the subscriber has taken all that waits for it, or has left. */
  emptied(): Promise<void> {
    if (this.hasLeft || this.messages.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onEmpty = resolve;
    });
  }

  leave(): void {
    if (this.hasLeft) return;
    this.hasLeft = true;
    this.#onLeave();
    this.#onEmpty?.();
  }

  giveUp(reason: string): void {
    this.reason = reason;
    this.leave();
    this.messages.end();
  }
}
