/** A message, beside the bytes that it has on the wire, costs about so many bytes of memory. */
const ENTRY_BYTES = 512;

interface Entry<Message> {
  /** Undefined in the last entry, as `next` is: it waits for its message. */
  message: Message | undefined;
  next: Entry<Message> | undefined;
  bytes: number;
  /** How many cursors stand before it. */
  cursors: number;
}

/** Messages in a row, each kept, once for all, until every cursor has passed it. */
export class MessageLog<Message extends object> {
  /** How many messages were appended. */
  length = 0;
  /** How many bytes are kept. */
  bytes = 0;
  #first: Entry<Message> = emptyEntry();
  #last = this.#first;

  /** @param bytes the size of the message */
  append(message: Message, bytes: number): void {
    const next = emptyEntry<Message>();
    Object.assign(this.#last, { message, next, bytes: bytes + ENTRY_BYTES });
    this.bytes += this.#last.bytes;
    this.#last = next;
    this.length += 1;
    this.#dropPassed();
  }

  /** A cursor before the message that comes next. */
  newCursor(): Cursor<Message> {
    return new Cursor(this.#last, this.length, () => this.#dropPassed());
  }

  #dropPassed(): void {
    while (this.#first.cursors === 0 && this.#first.next) {
      const { bytes, next } = this.#first;
      this.bytes -= bytes;
      this.#first.next = undefined; // else V8 may keep all that follow until its next full collection
      this.#first = next;
    }
  }
}

/** A place in the log. It keeps the messages behind it there, until it leaves. */
export class Cursor<Message extends object> {
  /** How many messages of the log are before it. */
  position: number;
  #entry: Entry<Message>;
  readonly #onMove: () => void;

  constructor(entry: Entry<Message>, position: number, onMove: () => void) {
    this.position = position;
    this.#entry = entry;
    this.#entry.cursors += 1;
    this.#onMove = onMove;
  }

  /** Gives the next message and passes it; undefined where there is none yet. */
  take(): Message | undefined {
    const { message, next } = this.#entry;
    if (!next) return undefined;
    this.#entry.cursors -= 1;
    next.cursors += 1;
    this.#entry = next;
    this.position += 1;
    this.#onMove();
    return message;
  }

  leave(): void {
    this.#entry.cursors -= 1;
    this.#onMove();
  }
}

function emptyEntry<Message>(): Entry<Message> {
  return { message: undefined, next: undefined, bytes: 0, cursors: 0 };
}
