import { setTimeout as delay } from 'node:timers/promises';
import {
  AckPolicy,
  type ConsumerMessages,
  DeliverPolicy,
  type JsMsg,
  jetstream,
  type StreamInfo,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { Link } from './link.ts';
import type { Entry, LogReader } from './log-reader.ts';

/** So many messages are asked for at once, */
const BATCH = 100;
/** and so long the broker waits for them. */
const BATCH_MS = 2_000;
/** A consumer of a process that is gone is dropped after this time. */
const FORGET_MS = 60_000;
/** How long to wait before the next try when the broker does not answer. */
export const RETRY_MS = 250;

export interface FeedOptions<Message> {
  readonly link: Link;
  readonly stream: string;
  readonly subject: string;
  /** Gives the message in the bytes; undefined for what is none of this topic. */
  readonly decode: (bytes: Uint8Array, sequence: number) => Message | undefined;
  readonly info: () => Promise<StreamInfo>;
  /** Called for a reader that has no room for what comes. */
  readonly onFull: (reader: LogReader<Message>) => void;
  readonly onUnused: () => void;
}

/** Reads a topic as it grows, once for all readers that keep up. */
export class Feed<Message> {
  readonly readers = new Set<LogReader<Message>>();
  /** Of what comes up to this sequence, all that is of the topic was handed on. */
  last: number;
  readonly #options: FeedOptions<Message>;
  readonly #closing = new AbortController();
  #batch: ConsumerMessages | undefined;

  /** @param last the sequence behind which it begins */
  constructor(last: number, options: FeedOptions<Message>) {
    this.last = last;
    this.#options = options;
    void this.#run();
  }

  leave(reader: LogReader<Message>): void {
    this.readers.delete(reader);
    if (this.readers.size > 0 || this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#batch?.stop();
    this.#options.onUnused();
  }

  /** Gives up all readers. */
  lose(reason: string): void {
    for (const reader of this.readers) reader.giveUp(reason);
  }

  async #run(): Promise<void> {
    const { link } = this.#options;
    const { signal } = this.#closing;
    const onDown = () => this.#batch?.stop(new Error('the broker is away'));
    link.on('down', onDown);
    while (!signal.aborted) {
      try {
        await link.untilUp(signal);
        await this.#read();
      } catch {
        // The broker is away, or not ready yet.
        await delay(RETRY_MS, undefined, { signal }).catch(() => {});
      }
    }
    link.off('down', onDown);
  }

  async #read(): Promise<void> {
    const { link, stream, subject, info } = this.#options;
    await info(); // the stream may have to be made anew
    const made = await link.answer(
      link.manager.consumers.add(stream, {
        filter_subject: subject,
        deliver_policy: DeliverPolicy.StartSequence,
        opt_start_seq: this.last + 1,
        ack_policy: AckPolicy.None,
        mem_storage: true,
        num_replicas: 1,
        inactive_threshold: nanos(FORGET_MS),
      }),
    );
    const consumer = jetstream(link.connection).consumers.getConsumerFromInfo(made);
    try {
      // The broker passes over messages that the stream has dropped, and says nothing of it. None was dropped that came since
      // the state was last asked for, if the stream has still all of them.
      let since = this.last;
      for (let delivered = 0; !this.#closing.signal.aborted; ) {
        const asked = this.last;
        const before = delivered;
        // Both are on their way at once, in this order.
        const asking = info();
        asking.catch(() => {}); // it is heard of below
        this.#batch = await consumer.fetch({ max_messages: BATCH, expires: BATCH_MS });
        const { state } = await asking;
        if (since + 1 < state.first_seq) this.lose('the broker no longer has what comes next');
        since = asked;
        for await (const message of this.#batch) {
          delivered += 1;
          if (message.info.deliverySequence !== delivered) throw new Error('messages were lost on the way');
          this.#handOn(message);
        }
        // The broker had no more: there was nothing else of the topic when the state was asked for.
        if (delivered < before + BATCH) this.#moveTo(state.last_seq);
      }
    } finally {
      if (link.isUp) consumer.delete().catch(() => {}); // it would be forgotten anyway
    }
  }

  #moveTo(sequence: number): void {
    this.last = Math.max(this.last, sequence);
    for (const reader of this.readers) if (reader.isLive) reader.moveTo(this.last);
  }

  #handOn({ seq, data }: JsMsg): void {
    this.last = seq;
    const message = this.#options.decode(data, seq);
    if (message === undefined) return;
    const entry: Entry<Message> = { sequence: seq, message };
    for (const reader of this.readers) {
      if (reader.isLive && !reader.take(entry)) this.#options.onFull(reader);
    }
  }
}
