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
import type { MessageKind, Relay, RelayListener, Will } from './broker.ts';
import type { Link } from './link.ts';
import { isFull, isUnavailable, NAME, Publisher, unavailable } from './publisher.ts';
import { checkStream, consumerNames, streamInfo } from './stream-info.ts';
import { subjectOf } from './subject.ts';
import { Turns } from './turns.ts';
import { Wills } from './wills.ts';

/** How many bytes of messages may wait for the slowest process. */
const MAX_BYTES = 2 ** 22;
/** What waits for a process that is gone waits no longer; meanwhile it may hold up the others. */
const FORGET_MS = 30_000;
/** So often in that time a process says that it is at work, and looks for those that are gone. */
const LOOKS = 6;
/** How many bytes of the wills of others a process remembers: of 11,000 callers with short names. */
const MAX_WILL_BYTES = 2 ** 22;
/** So many senders of this process send at once, one behind the other, */
const SENDERS = 32;
/** and so long they wait before they try again when the stream is full. */
const FULL_MS = 50;
const RETRY_MS = 250;
/** The names of so many messages are known, so that one that was sent twice comes once. */
const REMEMBERED = 10_000;
/** So long the end waits for what is on its way. */
const LAST_WORDS_MS = 300;

/** The header of a message that brings a will: its key, and its message in base64. */
const WILL = 'Relay-Will';
/** The header of a message that fulfils the will of a process that is gone. */
const GONE = 'Relay-Gone';

interface Outgoing {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly fields: Readonly<Record<string, string>>;
  /** Whether it is still to be sent: it may have come, without an acknowledgement or from somebody else. */
  isWanted(): boolean;
}

interface Expected {
  resolve(): void;
  reject(reason: unknown): void;
}

/**
 * Passes messages on among processes: each gets all of them, its own too, in one order.
 *
 * They wait in a JetStream stream until every process has taken them, and for no longer. When it is full, senders wait, in
 * all processes: they are held back to what the slowest takes.
 *
 * A process has a consumer of the stream, which forgets it after a time of silence. Then the process is gone, and all
 * others send the wills that it had open. Each has one name, whoever sends it, and so it comes once. A process that was
 * only away, and comes back, does so as another one. Names of messages, after that of their process:
 *
 * - `17`: what was sent as the 18th;
 * - `will.3`: what fulfils the will with the key 3;
 * - `open.3.18`: says to those who have come later that this will is open. It has the will as its data.
 */
export class JetStreamRelay<Message> implements Relay<Message> {
  readonly #link: Link;
  readonly #kind: MessageKind<Message>;
  readonly #name: string;
  readonly #forgetMs: number;
  readonly #publisher: Publisher;
  readonly #closing = new AbortController();
  /** Messages of this process that it has not got back, by their names. */
  readonly #expected = new Map<string, Expected>();
  readonly #received = new Set<string>();
  /** Those whose wills others have fulfilled. */
  readonly #gone = new Set<string>();
  readonly #ownWills = new Wills(Number.POSITIVE_INFINITY);
  readonly #otherWills = new Wills(MAX_WILL_BYTES);
  readonly #turns = new Turns(SENDERS);
  readonly #publishing = new Set<Promise<void>>();
  #process = newProcess();
  /** Those that were there when this process looked. */
  #present: ReadonlySet<string> = new Set();
  #consumer: Consumer | undefined;
  #consumers = 0;
  #batch: ConsumerMessages | undefined;
  /** What is handed on now. */
  #handling: JsMsg | undefined;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #takenForGone = false;
  #sent = 0;
  /** The sequence of the last message that this process has taken. */
  #last = 0;

  private constructor(link: Link, name: string, kind: MessageKind<Message>, forgetMs: number) {
    this.#link = link;
    this.#name = name;
    this.#kind = kind;
    this.#forgetMs = forgetMs;
    this.#publisher = new Publisher(link);
    link.on('down', () => this.#batch?.stop(new Error('the broker is away')));
  }

  /** @param name that of the stream; it is made if it is not there */
  static async open<Message>(
    link: Link,
    name: string,
    kind: MessageKind<Message>,
    forgetMs = FORGET_MS,
  ): Promise<JetStreamRelay<Message>> {
    const relay = new JetStreamRelay(link, name, kind, forgetMs);
    const { config, state } = await relay.#info();
    checkStream(config, [
      [
        config.retention === RetentionPolicy.Interest && config.discard === DiscardPolicy.New,
        'it must keep messages while there is interest, and discard new ones',
      ],
      [!config.max_age, 'with max_age, it drops what a process has not taken yet'],
    ]);
    relay.#last = state.last_seq;
    await relay.#subscribe();
    return relay;
  }

  start(listener: RelayListener<Message>): void {
    void this.#run(listener);
    this.#timer = setInterval(() => {
      if (!this.#link.isUp) return;
      this.#handling?.working();
      this.#looking ??= this.#look()
        .catch(() => {}) // whoever cannot look knows of nobody that is gone
        .finally(() => {
          this.#looking = undefined;
        });
    }, this.#forgetMs / LOOKS);
  }

  async send(message: Message, signal?: AbortSignal, will?: Will<Message>): Promise<void> {
    const data = this.#kind.encode(message);
    const subject = subjectOf(this.#name, this.#kind.topicOf(message));
    await this.#turns.take(signal);
    const name = `${this.#process}.${this.#sent++}`;
    const back = new Promise<void>((resolve, reject) => this.#expected.set(name, { resolve, reject }));
    const withdraw = () => this.#expected.get(name)?.reject(signal?.reason);
    signal?.addEventListener('abort', withdraw);
    try {
      const fields = { [NAME]: name, ...(will && this.#willField(will)) };
      const isWanted = () => this.#expected.has(name);
      this.#publish({ subject, data, fields, isWanted }).catch((error) => this.#expected.get(name)?.reject(error));
      await back;
    } finally {
      signal?.removeEventListener('abort', withdraw);
      this.#expected.delete(name);
    }
  }

  async fulfil(key: number): Promise<void> {
    const name = willOf(this.#process, key);
    const data = this.#ownWills.get(name);
    if (!data) return;
    this.#ownWills.close(name);
    await this.#sendWill(data, { [NAME]: name }, () => !this.#received.has(name)).catch(() => {});
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.race([Promise.allSettled(this.#publishing), delay(LAST_WORDS_MS)]);
    this.#closing.abort();
    this.#batch?.stop();
    for (const { reject } of this.#expected.values()) reject(unavailable('the server stops'));
    this.#publisher.close();
    if (this.#link.isUp && this.#consumer) await this.#link.answer(this.#consumer.delete()).catch(() => {});
    await this.#link.close();
  }

  /** Publishes a message, for which the caller has a turn; the turn ends with it. */
  #publish(message: Outgoing): Promise<void> {
    const publishing = this.#tryToPublish(message).finally(() => {
      this.#turns.end();
      this.#publishing.delete(publishing);
    });
    this.#publishing.add(publishing);
    return publishing;
  }

  /** Tries until the stream has the message: it knows it by its name, and takes it once. */
  async #tryToPublish({ subject, data, fields, ...message }: Outgoing): Promise<void> {
    while (!this.#closing.signal.aborted && message.isWanted()) {
      try {
        return await this.#publisher.publish(subject, data, fields);
      } catch (error) {
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
        if (this.#takenForGone || this.#last + 1 < first_seq || this.#last > last_seq) {
          this.#beginAnew(last_seq);
          listener.onGap();
          await this.#subscribe();
        }
      } catch {
        // It is tried again.
      }
    }
  }

  /** This process knows neither what was said nor who has left meanwhile: it goes on as another one that has just come. */
  #beginAnew(lastSequence: number): void {
    this.#last = lastSequence;
    this.#takenForGone = false;
    this.#process = newProcess();
    this.#ownWills.closeAll();
    this.#otherWills.closeAll();
    for (const { reject } of this.#expected.values()) reject(unavailable('this server was away'));
  }

  async #receive({ take }: RelayListener<Message>): Promise<void> {
    const consumer = this.#consumer;
    if (!consumer || !this.#link.isUp) throw new Error('there is no consumer');
    this.#batch = await consumer.consume({ max_messages: 256, expires: 5_000, abort_on_missing_resource: true });
    let delivered = 0;
    for await (const message of this.#batch) {
      delivered += 1;
      if (message.info.deliverySequence !== delivered) throw new Error('messages were lost on the way');
      const name = message.headers?.get(NAME) ?? '';
      if (message.seq > this.#last && isNew(this.#received, name)) {
        this.#handling = message;
        await this.#handle(message, name, take).finally(() => {
          this.#handling = undefined;
        });
      }
      this.#last = Math.max(this.#last, message.seq);
      message.ack();
      this.#expected.get(name)?.resolve();
    }
  }

  async #handle(message: JsMsg, name: string, take: RelayListener<Message>['take']): Promise<void> {
    const [process = '', what = '', key = ''] = name.split('.');
    if (message.headers?.has(GONE)) {
      if (process === this.#process) {
        this.#takenForGone = true;
        throw new Error('the others have taken this process for gone');
      }
      isNew(this.#gone, process);
    } else if (what !== 'will' && this.#gone.has(process)) {
      // It was frozen, and does not know yet that its callers have left.
      return;
    }
    if (what === 'open') {
      if (process !== this.#process) this.#open(willOf(process, key), message.data);
      return;
    }
    if (what === 'will') this.#otherWills.close(name);
    const [willKey, text] = message.headers?.get(WILL).split(' ') ?? [];
    if (willKey && text) {
      this.#open(willOf(process, willKey), Buffer.from(text, 'base64'));
      // Who sent it has not waited for it.
      if (process === this.#process && !this.#expected.has(name)) void this.fulfil(Number(willKey));
    }
    await this.#handOn(message, take);
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

  #open(name: string, text: Uint8Array): void {
    if (this.#received.has(name)) return;
    const wills = name.startsWith(`${this.#process}.`) ? this.#ownWills : this.#otherWills;
    // A copy, since the text is a part of something larger.
    wills.open(name, new Uint8Array(text));
  }

  /** The header for a will, unless the others know it already. */
  #willField({ key, message }: Will<Message>): Record<string, string> {
    const text = Buffer.from(this.#kind.encode(message));
    const known = this.#ownWills.get(willOf(this.#process, key));
    return known && text.equals(known) ? {} : { [WILL]: `${key} ${text.toString('base64')}` };
  }

  /** Looks who is there: tells those who have come of the wills of this process, and fulfils those of who is gone. */
  async #look(): Promise<void> {
    if (this.#ownWills.size + this.#otherWills.size === 0) return;
    const consumers = await consumerNames(this.#link, this.#name);
    const present = new Set(consumers.map((name) => name.slice(0, name.lastIndexOf('-'))));
    if (!present.has(this.#process)) {
      this.#batch?.stop(new Error('this process was forgotten'));
      return;
    }
    const hasCome = [...present].some((process) => !this.#present.has(process));
    this.#present = present;
    const open = hasCome ? [...this.#ownWills].map(([name, text]) => this.#tell(name, text)) : [];
    const left = [...this.#otherWills].filter(([name]) => !present.has(name.slice(0, name.indexOf('.'))));
    await Promise.allSettled([...open, ...left.map(([name, text]) => this.#fulfilFor(name, text))]);
  }

  async #tell(name: string, data: Uint8Array): Promise<void> {
    const fields = { [NAME]: `${name.replace('.will.', '.open.')}.${this.#sent++}` };
    await this.#sendWill(data, fields, () => this.#ownWills.get(name) === data);
  }

  async #fulfilFor(name: string, data: Uint8Array): Promise<void> {
    await this.#sendWill(data, { [NAME]: name, [GONE]: '1' }, () => this.#otherWills.get(name) !== undefined);
    this.#otherWills.close(name);
  }

  async #sendWill(data: Uint8Array, fields: Outgoing['fields'], isWanted: () => boolean): Promise<void> {
    await this.#turns.take();
    await this.#publish({ subject: `${this.#name}.wills`, data, fields, isWanted });
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
        // One after the other, when there are messages that the process has and has not taken: then the stream first waits
        // for their acknowledgement.
        ack_wait: nanos(this.#forgetMs / 2),
        inactive_threshold: nanos(this.#forgetMs / 2),
        max_ack_pending: -1,
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

const newProcess = (): string => randomBytes(9).toString('base64url');

const willOf = (process: string, key: number | string): string => `${process}.will.${key}`;

/** Whether a name was not known; then it is, with the latest of the others. */
function isNew(known: Set<string>, name: string): boolean {
  if (known.has(name)) return false;
  known.add(name);
  if (known.size > REMEMBERED) {
    const [oldest = ''] = known;
    known.delete(oldest);
  }
  return true;
}
