import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type DirectBatchOptions,
  DiscardPolicy,
  RetentionPolicy,
  StorageType,
  type StreamInfo,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { Broker, MessageKind, SubscribeOptions } from './broker.ts';
import { Feed, RETRY_MS } from './feed.ts';
import type { Link } from './link.ts';
import { type Entry, LogReader } from './log-reader.ts';
import { positionOf, sequenceAt } from './position.ts';
import { Publisher, unavailable } from './publisher.ts';
import { Shared } from './shared.ts';
import { checkStream, streamInfo } from './stream-info.ts';
import { subjectOf } from './subject.ts';

/** So many messages of one call wait for their acknowledgement at once, and so many bytes of them. */
const WINDOW = 512;
const WINDOW_BYTES = 2 ** 20;
/** So many messages, and bytes of them, a subscriber that is behind reads at once. */
const BATCH = 500;
const BATCH_BYTES = 2 ** 18;
/** What the stream keeps, unless an operator has made it, with other limits. */
const MAX_BYTES = 2 ** 28;
const MAX_AGE_MS = 24 * 3_600_000;

/** How long to wait for the next message of a passage. */
const PATIENCE_MS = 5_000;

/** Subjects without which no topic can be read. */
const READS = /^\$JS\.API\.(CONSUMER\.CREATE|CONSUMER\.MSG\.NEXT|DIRECT\.GET|STREAM\.MSG\.GET)\./;

const TOO_SLOW = 'you read too slowly: what comes next is no longer kept';

/** Whether the broker says that it has no such message. */
const isNothing = (error: Error) => 'code' in error && error.code === 404;

/** Messages of a topic that follow each other. */
interface Passage<Message> {
  readonly entries: Entry<Message>[];
  /** The sequence of the last one; undefined when there is none. */
  end: number | undefined;
  /** Behind which sequence something was passed over for the first time: other topics, or what the stream has dropped. */
  gap: number | undefined;
}

/**
 * A log in a JetStream stream: a subject for each topic, one sequence for all.
 *
 * Each process reads a topic once, for all of its subscribers. A subscriber whose queue is full leaves that feed, reads
 * the log at its own pace, and comes back when it has what the feed has: nobody waits for it, and it misses nothing,
 * unless the stream drops what it has not read.
 */
export class JetStreamLog<Message> implements Broker<Message> {
  readonly #link: Link;
  readonly #name: string;
  readonly #kind: MessageKind<Message>;
  readonly #publisher: Publisher;
  readonly #feeds = new Map<string, Feed<Message>>();
  readonly #state = new Shared(() => this.#ask());
  /** Stands for the stream as long as it lives: another one of its name counts anew. */
  #epoch = '';

  private constructor(link: Link, name: string, kind: MessageKind<Message>) {
    this.#link = link;
    this.#name = name;
    this.#kind = kind;
    this.#publisher = new Publisher(link);
    link.on('refused', ({ subject, message }) => {
      if (READS.test(subject)) this.#loseAll(`the broker refuses: ${message}`);
    });
  }

  /**
   * @param name that of the stream; it is made if it is not there
   * @throws when the broker does not answer, or the stream is not fit for a log
   */
  static async open<Message>(link: Link, name: string, kind: MessageKind<Message>): Promise<JetStreamLog<Message>> {
    const { version = '' } = link.connection.info ?? {};
    const [major = 0, minor = 0] = version.split('.').map(Number);
    // Older ones do not give many messages at once.
    if (major < 2 || (major === 2 && minor < 11))
      throw new Error(`it needs NATS 2.11 or newer, and this is ${version}`);
    const log = new JetStreamLog(link, name, kind);
    const { config } = await log.#info();
    checkStream(config, [
      [config.retention === RetentionPolicy.Limits, 'it must keep messages whether or not they were read'],
      [config.allow_direct, 'without allow_direct, nobody could read what was missed'],
    ]);
    return log;
  }

  async publishAll(messages: Iterable<Message> | AsyncIterable<Message>): Promise<number> {
    const underWay: { bytes: number; accepted: Promise<void> }[] = [];
    let [count, bytes] = [0, 0];
    const acceptOldest = async () => {
      const oldest = underWay.shift();
      bytes -= oldest?.bytes ?? 0;
      await oldest?.accepted;
    };
    for await (const message of messages) {
      const data = this.#kind.encode(message);
      const accepted = this.#publisher.publish(subjectOf(this.#name, this.#kind.topicOf(message)), data);
      accepted.catch(() => {}); // it is heard of in its turn
      underWay.push({ bytes: data.length, accepted });
      count += 1;
      bytes += data.length;
      while (underWay.length >= WINDOW || bytes > WINDOW_BYTES) await acceptOldest();
    }
    while (underWay.length > 0) await acceptOldest();
    return count;
  }

  async subscribe(
    topic: string,
    { after = '', ...options }: SubscribeOptions<Message> = {},
  ): Promise<LogReader<Message>> {
    const info = await this.#info().catch((error: Error) => {
      throw unavailable(`the broker is away (${error.message})`);
    });
    const { first_seq: first, last_seq: last } = info.state;
    const asked = after === '' ? undefined : sequenceAt(after, { name: this.#epoch, first, last });
    const feed = this.#feeds.get(topic) ?? this.#openFeed(topic, last);
    const reader: LogReader<Message> = new LogReader(asked ?? Math.max(last, feed.last), {
      ...options,
      kind: this.#kind,
      positionOf: (sequence) => this.#position(sequence),
      onLeave: () => feed.leave(reader),
    });
    feed.readers.add(reader);
    void this.#catchUp(reader, topic, feed);
    return reader;
  }

  async close(): Promise<void> {
    this.#loseAll('the server stops');
    this.#publisher.close();
    await this.#link.close();
  }

  #openFeed(topic: string, last: number): Feed<Message> {
    const feed: Feed<Message> = new Feed(last, {
      link: this.#link,
      stream: this.#name,
      subject: subjectOf(this.#name, topic),
      decode: (bytes, sequence) => this.#decode(topic, bytes, sequence),
      info: () => this.#info(),
      onFull: (reader) => void this.#catchUp(reader, topic, feed),
      onUnused: () => this.#feeds.delete(topic),
    });
    this.#feeds.set(topic, feed);
    return feed;
  }

  /** Has a reader read the log until it has what the feed has. */
  async #catchUp(reader: LogReader<Message>, topic: string, feed: Feed<Message>): Promise<void> {
    reader.liveFrom = undefined;
    while (reader.sequence < feed.last && !reader.hasLeft) {
      try {
        const { last_seq } = (await this.#info()).state;
        const { entries, end = last_seq, gap } = await this.#read(topic, reader.sequence);
        // Asked for after it was read: what the stream has now, it had then.
        if (gap !== undefined && gap < end && gap + 1 < (await this.#info()).state.first_seq)
          return reader.giveUp(TOO_SLOW);
        for (const entry of entries) {
          while (!reader.take(entry)) {
            await reader.emptied();
            if (reader.hasLeft) return;
          }
        }
        reader.moveTo(end);
      } catch {
        await delay(RETRY_MS); // the broker is away
      }
    }
    reader.liveFrom = reader.sequence;
  }

  /** Reads the next messages of a topic. */
  async #read(topic: string, after: number): Promise<Passage<Message>> {
    const query = { seq: after + 1, next_by_subj: subjectOf(this.#name, topic) };
    const passage: Passage<Message> = { entries: [], end: undefined, gap: undefined };
    const add = (sequence: number, data: Uint8Array) => {
      const end = passage.end ?? after;
      if (sequence > end + 1) passage.gap ??= end;
      passage.end = sequence;
      const message = this.#decode(topic, data, sequence);
      if (message !== undefined) passage.entries.push({ sequence, message });
    };
    await this.#readBatch({ ...query, batch: BATCH, max_bytes: BATCH_BYTES }, add);
    if (passage.end === undefined) {
      // Any server of a cluster answers that, and may lag behind the others. The one that leads knows.
      const next = await this.#link.answer(this.#link.manager.streams.getMessage(this.#name, query));
      if (next) add(next.seq, next.data);
      else passage.gap = after;
    }
    return passage;
  }

  /** @throws when the broker falls silent in the middle */
  #readBatch(query: DirectBatchOptions, add: (sequence: number, data: Uint8Array) => void): Promise<void> {
    let stop = () => {};
    const read = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('the broker does not answer')), PATIENCE_MS);
      stop = () => clearTimeout(timer);
      const callback = (done: { err?: Error } | null, { seq, data }: { seq: number; data: Uint8Array }) => {
        timer.refresh();
        if (done?.err && !isNothing(done.err)) reject(done.err);
        else if (done) resolve();
        else add(seq, data);
      };
      this.#link.manager.direct.getBatch(this.#name, { ...query, callback }).then((batch) => {
        stop = () => {
          clearTimeout(timer);
          batch.stop();
        };
      }, reject);
    });
    return this.#link.answer(read).finally(() => stop());
  }

  /** Gives undefined for what is no message of the topic: anybody with access to the broker can write into the stream. */
  #decode(topic: string, bytes: Uint8Array, sequence: number): Message | undefined {
    try {
      const message = this.#kind.decode(bytes, this.#position(sequence));
      return this.#kind.topicOf(message) === topic ? message : undefined;
    } catch {
      return undefined;
    }
  }

  /** Asks for the state of the stream, and makes it if it is not there. */
  #info(): Promise<StreamInfo> {
    return this.#state.get();
  }

  async #ask(): Promise<StreamInfo> {
    const info = await streamInfo(this.#link, {
      name: this.#name,
      subjects: [`${this.#name}.*`],
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      storage: StorageType.File,
      allow_direct: true,
      max_age: nanos(MAX_AGE_MS),
      max_bytes: MAX_BYTES,
    });
    const epoch = createHash('sha256').update(info.created).digest('base64url').slice(0, 8);
    if (epoch !== this.#epoch && this.#epoch !== '')
      this.#loseAll('the broker has begun a new log, without what comes next');
    this.#epoch = epoch;
    return info;
  }

  #loseAll(reason: string): void {
    for (const feed of this.#feeds.values()) feed.lose(reason);
  }

  #position(sequence: number): string {
    return positionOf(this.#epoch, sequence);
  }
}
