import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  AckPolicy,
  type Consumer,
  type ConsumerMessages,
  DeliverPolicy,
  DiscardPolicy,
  type JsMsg,
  jetstream,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { MessageKind, Relay, RelayListener } from './broker.ts';
import type { Link } from './link.ts';
import { isFull, isUnavailable, NAME, Publisher, unavailable } from './publisher.ts';
import { streamInfo } from './stream-info.ts';
import { subjectOf } from './subject.ts';
import { Turns } from './turns.ts';

/** How many bytes of messages may wait for the slowest process. */
const MAX_BYTES = 2 ** 22;
/** What waits for a process that is gone waits so long; meanwhile it may hold up the others. */
const FORGET_MS = 30_000;
/** No message is sent to a process a second time: it asks, after a break, for what it does not have. */
const NEVER_MS = 24 * 3_600_000;
/** So many senders of this process send at once, one behind the other, */
const SENDERS = 32;
/** and so long they wait before they try again when the stream is full. */
const FULL_MS = 50;
const RETRY_MS = 250;
/** The names of so many messages are known, so that one that was sent twice comes once. */
const REMEMBERED = 10_000;
/** So long the end waits for what is on its way. */
const LAST_WORDS_MS = 300;

interface Expected {
  resolve(): void;
  reject(reason: unknown): void;
}

/**
 * Passes messages on among processes: each gets all of them, its own too, in one order.
 *
 * They wait in a JetStream stream until every process has taken them, and for no longer. When it is full, senders wait, in
 * all processes: they are held back to what the slowest takes.
 */
export class JetStreamRelay<Message> implements Relay<Message> {
  readonly #link: Link;
  readonly #kind: MessageKind<Message>;
  readonly #name: string;
  readonly #publisher: Publisher;
  readonly #process = randomBytes(9).toString('base64url');
  readonly #closing = new AbortController();
  /** Messages of this process that it has not got back, by their names. */
  readonly #expected = new Map<string, Expected>();
  readonly #received = new Set<string>();
  readonly #turns = new Turns(SENDERS);
  readonly #publishing = new Set<Promise<void>>();
  #consumer: Consumer | undefined;
  #consumers = 0;
  #batch: ConsumerMessages | undefined;
  #sent = 0;
  /** The sequence of the last message that this process has taken. */
  #last = 0;

  private constructor(link: Link, name: string, kind: MessageKind<Message>) {
    this.#link = link;
    this.#name = name;
    this.#kind = kind;
    this.#publisher = new Publisher(link);
    link.on('down', () => this.#batch?.stop(new Error('the broker is away')));
  }

  /** @param name that of the stream; it is made if it is not there */
  static async open<Message>(link: Link, name: string, kind: MessageKind<Message>): Promise<JetStreamRelay<Message>> {
    const relay = new JetStreamRelay(link, name, kind);
    const { config, state } = await relay.#info();
    if (config.retention !== RetentionPolicy.Interest || config.discard !== DiscardPolicy.New)
      throw new Error('it must keep messages while there is interest, and discard new ones');
    relay.#last = state.last_seq;
    await relay.#subscribe();
    return relay;
  }

  start(listener: RelayListener<Message>): void {
    void this.#run(listener);
  }

  async send(message: Message, signal?: AbortSignal): Promise<void> {
    const data = this.#kind.encode(message);
    const subject = subjectOf(this.#name, this.#kind.topicOf(message));
    await this.#turns.take(signal);
    const name = `${this.#process}.${this.#sent++}`;
    const back = new Promise<void>((resolve, reject) => this.#expected.set(name, { resolve, reject }));
    const withdraw = () => this.#expected.get(name)?.reject(signal?.reason);
    signal?.addEventListener('abort', withdraw);
    try {
      const publishing = this.#publish(subject, data, name).finally(() => this.#turns.end());
      this.#publishing.add(publishing);
      publishing.then(
        () => this.#publishing.delete(publishing),
        (error) => {
          this.#publishing.delete(publishing);
          this.#expected.get(name)?.reject(error);
        },
      );
      await back;
    } finally {
      signal?.removeEventListener('abort', withdraw);
      this.#expected.delete(name);
    }
  }

  async close(): Promise<void> {
    await Promise.race([Promise.allSettled(this.#publishing), delay(LAST_WORDS_MS)]);
    this.#closing.abort();
    this.#batch?.stop();
    for (const { reject } of this.#expected.values()) reject(unavailable('the server stops'));
    this.#publisher.close();
    if (this.#link.isUp && this.#consumer) await this.#link.answer(this.#consumer.delete()).catch(() => {});
    await this.#link.close();
  }

  /** Tries until the stream has the message: it knows it by its name, and takes it once. */
  async #publish(subject: string, data: Uint8Array, name: string): Promise<void> {
    while (!this.#closing.signal.aborted) {
      try {
        return await this.#publisher.publish(subject, data, name);
      } catch (error) {
        // It may have come back, although its acknowledgement has not.
        if (!this.#expected.has(name)) return;
        if (!isFull(error) && !isUnavailable(error)) throw error;
        await delay(isFull(error) ? FULL_MS : RETRY_MS);
      }
    }
  }

  async #run(listener: RelayListener<Message>): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        await this.#receive(listener);
      } catch {
        await delay(RETRY_MS, undefined, { signal }).catch(() => {});
      }
      try {
        await this.#link.untilUp(signal);
        await this.#subscribe();
        const { first_seq, last_seq } = (await this.#info()).state;
        if (this.#last + 1 < first_seq || this.#last > last_seq) {
          this.#last = last_seq;
          listener.onGap();
        }
      } catch {
        // It is tried again.
      }
    }
  }

  async #receive({ take }: RelayListener<Message>): Promise<void> {
    const consumer = this.#consumer;
    if (!consumer || !this.#link.isUp) throw new Error('there is no consumer');
    this.#batch = await consumer.consume({ max_messages: 256, expires: 5_000 });
    let delivered = 0;
    for await (const message of this.#batch) {
      delivered += 1;
      if (message.info.deliverySequence !== delivered) throw new Error('messages were lost on the way');
      const name = message.headers?.get(NAME) ?? '';
      if (message.seq > this.#last && this.#isNew(name)) await this.#handOn(message, take);
      this.#last = Math.max(this.#last, message.seq);
      message.ack();
      this.#expected.get(name)?.resolve();
    }
  }

  async #handOn({ data }: JsMsg, take: RelayListener<Message>['take']): Promise<void> {
    let message: Message;
    try {
      message = this.#kind.decode(data, '');
    } catch {
      return; // anybody with access to the broker can write into the stream
    }
    await take(message, data.length);
  }

  #isNew(name: string): boolean {
    if (this.#received.has(name)) return false;
    this.#received.add(name);
    if (this.#received.size > REMEMBERED) {
      const [oldest = ''] = this.#received;
      this.#received.delete(oldest);
    }
    return true;
  }

  /** Has the stream keep for this process what comes behind the last message that it has. */
  async #subscribe(): Promise<void> {
    const before = this.#consumer;
    const made = await this.#link.answer(
      this.#link.manager.consumers.add(this.#name, {
        durable_name: `${this.#process}-${this.#consumers++}`,
        deliver_policy: DeliverPolicy.StartSequence,
        opt_start_seq: this.#last + 1,
        ack_policy: AckPolicy.All,
        ack_wait: nanos(NEVER_MS),
        max_ack_pending: -1,
        inactive_threshold: nanos(FORGET_MS),
      }),
    );
    this.#consumer = jetstream(this.#link.connection).consumers.getConsumerFromInfo(made);
    // Only now: in between, what waits for this process would wait for nobody.
    before?.delete().catch(() => {});
  }

  #info() {
    return streamInfo(this.#link, {
      name: this.#name,
      subjects: [`${this.#name}.*`],
      retention: RetentionPolicy.Interest,
      discard: DiscardPolicy.New,
      storage: StorageType.File,
      max_bytes: MAX_BYTES,
    });
  }
}
