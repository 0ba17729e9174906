/** What is sent: on the wire the `ChatMessage` of the chat example, its number as the name. */
export interface Message {
  readonly number: number;
  readonly text: string;
}

/** So that all numbers are of one length. */
const FIRST_NUMBER = 1_000_000;
/** Each field has a tag and a length, that of a longer text in up to three bytes. */
const NAME_BYTES = 2 + `${FIRST_NUMBER}`.length;
/** The shortest message. */
export const SMALLEST = NAME_BYTES + 2;

/** The name that carries the number. */
export const nameOf = ({ number }: Message) => `${FIRST_NUMBER + number}`;
export const numberOf = (name: string) => Number(name) - FIRST_NUMBER;

/** The text of a message that has so many bytes on the wire. */
function textOf(size: number): string {
  const left = size - NAME_BYTES - 1;
  return 'x'.repeat(left - (left > 16_384 ? 3 : left > 128 ? 2 : 1));
}

/** The messages of one stream, each so many bytes on the wire. */
export function* numberedMessages(count: number, size: number): Generator<Message> {
  const text = textOf(size);
  for (let number = 0; number < count; number++) yield { number, text };
}

/** Counts the messages that arrive on one stream; throws at the first one that is out of order or damaged. */
export class Tally {
  count = 0;
  #characters = 0;
  #text: string | undefined;

  add({ number, text }: Message): void {
    if (number !== this.count) throw new Error(`message ${this.count} is number ${number}`);
    this.#text ??= text;
    if (text.length !== this.#text.length || text.at(-1) !== 'x') throw new Error(`message ${number} is damaged`);
    this.count += 1;
    this.#characters += text.length;
  }

  /** Throws unless all messages have arrived. */
  expect(count: number, size: number): void {
    const characters = count * textOf(size).length;
    if (this.count === count && this.#characters === characters) return;
    throw new Error(`${this.count} messages of ${count} arrived, ${this.#characters} characters of ${characters}`);
  }

  /** The response to a client-streaming call. */
  toMessage(): Message {
    return { number: this.count, text: `${this.#characters}` };
  }

  static fromMessage({ number, text }: Message): Tally {
    const tally = new Tally();
    tally.count = number;
    tally.#characters = Number(text);
    return tally;
  }
}

/** What a client asks of a server-streaming method: so many messages of this size. */
export function orderOf(count: number, size: number): Message {
  return { number: count, text: `${size}` };
}

/** The messages that an order asks for. */
export function ordered({ number, text }: Message): Generator<Message> {
  return numberedMessages(number, Number(text));
}

/** A game of ping-pong on one stream: one message in flight, each round trip timed. */
export class Exchange {
  readonly milliseconds: Float64Array;
  readonly #text: string;
  readonly responses = new Tally();
  #sentAt = 0;

  constructor(count: number, size: number) {
    this.milliseconds = new Float64Array(count);
    this.#text = textOf(size);
  }

  /** The next message to send, or undefined when the game is over. */
  serve(): Message | undefined {
    if (this.responses.count === this.milliseconds.length) return undefined;
    this.#sentAt = performance.now();
    return { number: this.responses.count, text: this.#text };
  }

  /** Takes the response. */
  return(response: Message): void {
    this.milliseconds[this.responses.count] = performance.now() - this.#sentAt;
    this.responses.add(response);
  }
}
