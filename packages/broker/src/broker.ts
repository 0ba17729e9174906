import type { MessageQueue } from 'grpc-streams';

// #region port
/**
 * Takes messages in, and hands each to all who have subscribed to its topic, in one order: in this process, or in all
 * processes that share it.
 */
export interface Broker<Message> {
  /**
   * Takes messages in, one after the other.
   *
   * @returns how many they were, once all of them are accepted
   * @throws a status; then none of them was accepted, though some may have been handed on
   */
  publishAll(messages: Iterable<Message> | AsyncIterable<Message>): Promise<number>;

  /**
   * Subscribes to a topic, at once or later. From then on no message that is accepted is left out.
   *
   * @throws the status OUT_OF_RANGE when `after` is no position of this broker, or too old
   */
  subscribe(
    topic: string,
    options?: SubscribeOptions<Message>,
  ): BrokerSubscription<Message> | Promise<BrokerSubscription<Message>>;

  /** Ends, once what was sent to it is on its way. */
  close(): Promise<void>;
}

export interface SubscribeOptions<Message> {
  /** The position behind which the subscription begins; without one, or empty, it begins now. */
  readonly after?: string | undefined;
  /** Gives what goes out before any message, for the position at which the subscription begins. */
  readonly first?: ((position: string) => Message) | undefined;
  /** That of the call: when it fires, the messages end with its reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface BrokerSubscription<Message> {
  /** What goes out to the subscriber. It ends without an error when the subscriber is given up. */
  readonly messages: MessageQueue<Message>;
  /** How far it has got: a subscriber that has read this far may go on behind it. */
  readonly position: string;
  /** Why the subscriber was given up. */
  readonly reason: string;
  /** Nothing more is handed to it; what waits for it stays. */
  leave(): void;
}

// #endregion

/** Passes messages on among processes: each gets all of them, its own too, in one order. */
export interface Relay<Message> {
  /** Begins to hand on what comes. */
  start(listener: RelayListener<Message>): void;

  /**
   * Sends a message; resolves when this process has taken it too, in its place among all. While the broker is away, or the
   * slowest process has as much waiting for it as may wait, it waits.
   *
   * @param signal ends the wait: this rejects with the reason then, and the message may come or not
   * @param will is open from the moment at which the message comes
   * @throws the status RESOURCE_EXHAUSTED when the broker takes no such message
   */
  send(message: Message, signal?: AbortSignal, will?: Will<Message>): Promise<void>;

  /** Sends the message of the open will with this key, if there is one. It never rejects. */
  fulfil(key: number): Promise<void>;

  /** Ends, once what was sent to it is on its way. */
  close(): Promise<void>;
}

/**
 * What is still to be said for somebody, once: by this process, which fulfils it, or by the others when this process is
 * gone. MQTT has the term.
 */
export interface Will<Message> {
  /** Whose it is. A later will with the same key takes the place of this one, until one is fulfilled. */
  readonly key: number;
  readonly message: Message;
}

export interface RelayListener<Message> {
  /**
   * Takes a message. The next one comes when this has resolved: it is held back to what the listener takes.
   *
   * @param bytes how many it had on its way
   */
  take(message: Message, bytes: number): Promise<void>;

  /**
   * Messages were missed: this process was away for longer than they waited for it. The others fulfil the wills that it had
   * open, and it has none any more.
   */
  onGap(): void;
}

/** What a broker has to know of a message. */
export interface MessageKind<Message> {
  topicOf(message: Message): string;
  encode(message: Message): Uint8Array;
  /** @param position that of the message */
  decode(bytes: Uint8Array, position: string): Message;
  /** How many bytes of memory it takes, about. */
  bytesOf(message: Message): number;
}
