import { setTimeout as delay } from 'node:timers/promises';
import {
  AckPolicy,
  type ConsumerMessages,
  DeliverPolicy,
  JetStreamApiError,
  type JsMsg,
  jetstream,
  type StreamInfo,
  type StreamState,
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
/** When so many messages came since a gap began, or a quarter of what the stream keeps, it is asked whether it was a hole. */
const MAX_GAP = 1_000;
/** How long to wait before the next try when the broker does not answer. */
export const RETRY_MS = 250;

/** Whether the broker does not let it be read, as when it has as many consumers as it may have. */
const isFinal = (error: unknown): error is Error => error instanceof JetStreamApiError && error.status === 400;

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

/**
 * Reads a topic as it grows, once for all readers that keep up.
 *
 * The broker passes over messages that the stream has dropped, and says nothing of it. Between two messages that follow
 * each other in the stream there was none. What else was passed over is a gap: none of the topic was dropped there when the
 * stream, asked later, has still all that came since the gap began.
 */
export class Feed<Message> {
  readonly readers = new Set<LogReader<Message>>();
  /** Of what comes up to this sequence, all that is of the topic was handed on. */
  last: number;
  readonly #options: FeedOptions<Message>;
  readonly #closing = new AbortController();
  #batch: ConsumerMessages | undefined;
  /** Behind which sequence the first gap begins of which it was not asked yet. */
  #gap: number | undefined;
  /** Up to here nothing more was of the topic, if nothing was dropped. */
  #quiet = 0;
  #isChecking = false;
  /** How many messages the stream had when it was last asked, about. */
  #kept = 0;

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
      } catch (error) {
        // If not, it is away, or not ready yet.
        if (isFinal(error)) this.lose(`the broker refuses: ${error.message}`);
        await delay(RETRY_MS, undefined, { signal }).catch(() => {});
      }
    }
    link.off('down', onDown);
  }

  async #read(): Promise<void> {
    const { link, stream, subject } = this.#options;
    // The stream may have to be made anew.
    let asking = this.#check();
    await asking;
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
      for (let delivered = 0; !this.#closing.signal.aborted; ) {
        const before = delivered;
        this.#batch = await consumer.fetch({ max_messages: BATCH, expires: BATCH_MS });
        for await (const message of this.#batch) {
          delivered += 1;
          if (message.info.deliverySequence !== delivered) throw new Error('messages were lost on the way');
          this.#handOn(message);
        }
        if (delivered === before + BATCH) continue;
        // The broker had no more: there was nothing else of the topic when it was asked before.
        this.#passOver((await asking).last_seq);
        asking = this.#check();
        asking.catch(() => {}); // it is heard of above, after the next batch
      }
    } finally {
      if (link.isUp) consumer.delete().catch(() => {}); // it would be forgotten anyway
    }
  }

  /** Asks for the state of the stream, and gives up the readers that were handed what came behind a hole. */
  async #check(): Promise<StreamState> {
    const [gap, quiet, end] = [this.#gap, this.#quiet, Math.max(this.#quiet, this.last)];
    this.#gap = undefined;
    this.#quiet = 0;
    try {
      const { state } = await this.#options.info();
      if (gap !== undefined && gap + 1 < state.first_seq) this.#loseBefore(end);
      this.#kept = state.last_seq + 1 - state.first_seq;
      this.#moveTo(quiet);
      return state;
    } catch (error) {
      this.#gap = gap ?? this.#gap;
      throw error;
    }
  }

  #checkNow(): void {
    if (this.#isChecking) return;
    this.#isChecking = true;
    this.#check()
      .catch(() => {}) // it is asked again
      .finally(() => {
        this.#isChecking = false;
      });
  }

  /** A reader that has read as far by itself knows that there was no hole. */
  #loseBefore(sequence: number): void {
    for (const reader of this.readers) {
      if (reader.liveFrom !== undefined && reader.liveFrom < sequence)
        reader.giveUp('the broker no longer has what comes next');
    }
  }

  #passOver(sequence: number): void {
    if (sequence <= this.last) return;
    this.#gap ??= this.last;
    this.#quiet = sequence;
  }

  #moveTo(sequence: number): void {
    this.last = Math.max(this.last, sequence);
    for (const reader of this.readers) if (reader.isLive) reader.moveTo(this.last);
  }

  #handOn({ seq, data }: JsMsg): void {
    // A server of a cluster that lags behind the others by a whole batch.
    if (seq <= this.last) this.#loseBefore(this.last + 1);
    if (seq > this.last + 1) this.#gap ??= this.last;
    this.last = Math.max(this.last, seq);
    if (this.#gap !== undefined && seq - this.#gap > Math.min(this.#kept / 4, MAX_GAP)) this.#checkNow();
    const message = this.#options.decode(data, seq);
    if (message === undefined) return;
    const entry: Entry<Message> = { sequence: seq, message };
    for (const reader of this.readers) {
      if (reader.isLive && !reader.take(entry)) this.#options.onFull(reader);
    }
  }
}
