import { type ServiceError, status } from '@grpc/grpc-js';
import { createInbox, headers, type Msg, type Subscription } from '@nats-io/transport-node';
import { isStatus, statusError } from 'grpc-streams';
import type { Link } from './link.ts';

/** How long a message waits for its acknowledgement. */
const PATIENCE_MS = 5_000;
/** So often it is looked meanwhile. Looks count, not seconds: while this process is held up itself, it hears of none. */
const LOOKS = 10;

/** How JetStream numbers the error of a stream that is full. */
const CANNOT_STORE = 10_077;
/** The header by whose value a stream knows a message again that was sent before. */
export const NAME = 'Nats-Msg-Id';

interface Unacknowledged {
  readonly subject: string;
  /** How many looks there had been when it was sent. */
  readonly since: number;
  resolve(): void;
  reject(reason: ServiceError): void;
}

/** Sends messages to a stream, many at once: each is accepted when the stream has acknowledged it. */
export class Publisher {
  readonly #link: Link;
  readonly #inbox = createInbox();
  readonly #acknowledgements: Subscription;
  /** In the order in which they were sent. */
  readonly #waiting = new Map<string, Unacknowledged>();
  #sent = 0;
  #looks = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(link: Link) {
    this.#link = link;
    this.#acknowledgements = link.connection.subscribe(`${this.#inbox}.*`, {
      callback: (error, message) => {
        if (!error) this.#settle(message);
      },
    });
    link.on('down', () => this.#failAll(away));
    link.on('refused', ({ subject }) => this.#failAll(refused, subject));
  }

  /**
   * Resolves when the message is accepted.
   *
   * @param fields its headers, in ASCII; by its {@link NAME} the stream takes it once, even if it is sent twice within two
   * minutes
   * @throws the status UNAVAILABLE when the broker is away or does not answer, RESOURCE_EXHAUSTED when it takes no such
   * message, FAILED_PRECONDITION when it does not let its user publish it
   */
  publish(subject: string, data: Uint8Array, fields?: Readonly<Record<string, string>>): Promise<void> {
    if (!this.#link.isUp) return Promise.reject(away());
    const most = this.#link.connection.info?.max_payload ?? Number.POSITIVE_INFINITY;
    const head = fields && headers();
    for (const [field, value] of Object.entries(fields ?? {})) head?.set(field, value);
    const bytes = data.length + (head ? String(head).length : 0);
    if (bytes > most) return Promise.reject(tooLarge(bytes, most));
    const reply = `${this.#inbox}.${this.#sent++}`;
    return new Promise((resolve, reject) => {
      this.#waiting.set(reply, { subject, since: this.#looks, resolve, reject });
      this.#timer ??= setInterval(() => this.#look(), PATIENCE_MS / LOOKS);
      this.#link.connection.publish(subject, data, { reply, ...(head && { headers: head }) });
    });
  }

  close(): void {
    this.#failAll(away);
    this.#acknowledgements.unsubscribe();
  }

  #settle(message: Msg): void {
    const unacknowledged = this.#waiting.get(message.subject);
    if (!unacknowledged) return;
    this.#waiting.delete(message.subject);
    if (this.#waiting.size === 0) this.#stopLooking();
    const refusal = refusalIn(message);
    if (refusal) unacknowledged.reject(refusal);
    else unacknowledged.resolve();
  }

  #look(): void {
    this.#looks += 1;
    const [oldest] = this.#waiting.values();
    if (oldest && this.#looks - oldest.since > LOOKS) this.#failAll(silent);
  }

  /** @param subject of those that fail; without one, all do */
  #failAll(reason: () => ServiceError, subject?: string): void {
    const failed = [...this.#waiting].filter(([, one]) => subject === undefined || one.subject === subject);
    for (const [reply] of failed) this.#waiting.delete(reply);
    if (this.#waiting.size === 0) this.#stopLooking();
    for (const [, { reject }] of failed) reject(reason());
  }

  #stopLooking(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

function refusalIn(message: Msg): ServiceError | undefined {
  // NATS says by this that nobody has subscribed to the subject, no stream either.
  if (message.headers?.code === 503) return unavailable('the broker is not ready');
  const { error } = message.json<{ error?: { code: number; err_code: number; description: string } }>();
  if (!error) return undefined;
  if (error.code === 503 && error.err_code !== CANNOT_STORE)
    return unavailable(`the broker is not ready (${error.description})`);
  const refusal = statusError(status.RESOURCE_EXHAUSTED, `the broker takes no more: ${error.description}`);
  if (error.err_code === CANNOT_STORE) full.add(refusal);
  return refusal;
}

const full = new WeakSet<object>();

/** Whether the stream had no room for the message, as it may have later. */
export const isFull = (error: unknown): boolean => full.has(error as object);

export const isUnavailable = (error: unknown): boolean => isStatus(error) && error.code === status.UNAVAILABLE;

export const unavailable = (why: string) =>
  statusError(status.UNAVAILABLE, `${why}: nothing of this call was accepted; try again later`);
const away = () => unavailable('the broker is away');
const refused = () =>
  statusError(
    status.FAILED_PRECONDITION,
    'the broker does not let this server publish: nothing of this call was accepted',
  );
const silent = () => unavailable('the broker does not answer');
const tooLarge = (bytes: number, most: number) =>
  statusError(
    status.RESOURCE_EXHAUSTED,
    `a message of ${bytes} bytes is too large for the broker, which takes ${most}`,
  );
