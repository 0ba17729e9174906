/** What a will takes in memory beside its text and its name, about. */
const ENTRY_BYTES = 320;

/** Wills that are open, each by the name of the message that fulfils it. */
export class Wills {
  readonly #open = new Map<string, Uint8Array>();
  readonly #maxBytes: number;
  #bytes = 0;

  /** @param maxBytes what would take more is not remembered */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#open.size;
  }

  get(name: string): Uint8Array | undefined {
    return this.#open.get(name);
  }

  open(name: string, text: Uint8Array): void {
    this.close(name);
    const bytes = bytesOf(name, text);
    if (this.#bytes + bytes > this.#maxBytes) return;
    this.#bytes += bytes;
    this.#open.set(name, text);
  }

  close(name: string): void {
    const text = this.#open.get(name);
    if (!text) return;
    this.#bytes -= bytesOf(name, text);
    this.#open.delete(name);
  }

  closeAll(): void {
    this.#open.clear();
    this.#bytes = 0;
  }

  [Symbol.iterator](): IterableIterator<[name: string, text: Uint8Array]> {
    return this.#open.entries();
  }
}

const bytesOf = (name: string, text: Uint8Array): number => name.length + text.length + ENTRY_BYTES;
