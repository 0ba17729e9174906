/** The shortest message: its number at both ends. */
export const SMALLEST = 8;

/** The messages of one stream: each carries its number at both ends, so that a mixed-up one is noticed. */
export function* numberedMessages(count: number, size: number): Generator<Buffer> {
  for (let number = 0; number < count; number++) yield numberedMessage(number, size);
}

function numberedMessage(number: number, size: number): Buffer {
  const message = Buffer.allocUnsafe(size);
  message.writeUInt32BE(number, 0);
  message.writeUInt32BE(number, size - 4);
  return message;
}

/** Counts the messages that arrive on one stream; throws at the first one that is out of order or damaged. */
export class Tally {
  count = 0;
  #bytes = 0;

  add(message: Uint8Array): void {
    const size = message.length;
    if (numberAt(message, 0) !== this.count || numberAt(message, size - 4) !== this.count) {
      throw new Error(`message ${this.count} is number ${numberAt(message, 0)} … ${numberAt(message, size - 4)}`);
    }
    this.count += 1;
    this.#bytes += size;
  }

  /** Throws unless all messages have arrived. */
  expect(count: number, size: number): void {
    if (this.count === count && this.#bytes === count * size) return;
    throw new Error(`${this.count} messages of ${count} arrived, ${this.#bytes} bytes of ${count * size}`);
  }

  /** The response to a client-streaming call. */
  toBytes(): Buffer {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt32BE(this.count, 0);
    bytes.writeBigUInt64BE(BigInt(this.#bytes), 4);
    return bytes;
  }

  static fromBytes(bytes: Uint8Array): Tally {
    const tally = new Tally();
    tally.count = numberAt(bytes, 0);
    tally.#bytes = Number(Buffer.from(bytes).readBigUInt64BE(4));
    return tally;
  }
}

/** What a client asks of a server-streaming method. */
export interface Order {
  readonly count: number;
  readonly size: number;
}

export function orderToBytes({ count, size }: Order): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(count, 0);
  bytes.writeUInt32BE(size, 4);
  return bytes;
}

/** The messages that an order asks for. */
export function ordered(order: Uint8Array): Generator<Buffer> {
  return numberedMessages(numberAt(order, 0), numberAt(order, 4));
}

/** A game of ping-pong on one stream: one message in flight, each round trip timed. */
export class Exchange {
  readonly milliseconds: Float64Array;
  readonly #size: number;
  readonly responses = new Tally();
  #sentAt = 0;

  constructor(count: number, size: number) {
    this.milliseconds = new Float64Array(count);
    this.#size = size;
  }

  /** The next message to send, or undefined when the game is over. */
  serve(): Buffer | undefined {
    if (this.responses.count === this.milliseconds.length) return undefined;
    const message = numberedMessage(this.responses.count, this.#size);
    this.#sentAt = performance.now();
    return message;
  }

  /** Takes the response. */
  return(response: Uint8Array): void {
    this.milliseconds[this.responses.count] = performance.now() - this.#sentAt;
    this.responses.add(response);
  }
}

// Not DataView nor Buffer's method: connect-node gives plain Uint8Arrays, and this runs for each message.
function numberAt(bytes: Uint8Array, offset: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = [bytes[offset], bytes[offset + 1], bytes[offset + 2], bytes[offset + 3]];
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}
