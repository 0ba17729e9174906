/** A double and an integer of 32 bits. */
const BYTES = 12;

/**
 * What counts add up to, in whatever order: how many words they are of, and a checksum of which. What a reduce replies
 * has the sum of what it was sent, unless it left out a word, miscounted, or took one word for another.
 */
export class Sum {
  words = 0;
  #check = 0;

  /** @param crc the CRC-32 of the word */
  add(count: number, crc: number): void {
    this.words += count;
    this.#check = (this.#check + Math.imul(count, crc)) | 0;
  }

  addSum(sum: Sum): void {
    this.words += sum.words;
    this.#check = (this.#check + sum.#check) | 0;
  }

  equals(sum: Sum): boolean {
    return this.words === sum.words && this.#check === sum.#check;
  }

  /** The sum, and behind it what it is of. */
  inFrontOf(counts: Uint8Array): Uint8Array {
    const bytes = Buffer.alloc(BYTES + counts.length);
    bytes.writeDoubleBE(this.words);
    bytes.writeInt32BE(this.#check, 8);
    bytes.set(counts, BYTES);
    return bytes;
  }

  /** The opposite of {@link inFrontOf}. */
  static split(stored: Uint8Array): { sum: Sum; counts: Uint8Array } {
    const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.length);
    const sum = new Sum();
    sum.words = bytes.readDoubleBE();
    sum.#check = bytes.readInt32BE(8);
    return { sum, counts: bytes.subarray(BYTES) };
  }
}
