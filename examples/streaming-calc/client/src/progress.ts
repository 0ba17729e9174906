/** The terminal is written to once for so many values. */
const STEP = 10_000;

/** Tells a terminal how many values of a long input have been sent; what is no terminal is told nothing. */
export class Progress {
  readonly #terminal: { readonly isTTY?: boolean; write(text: string): unknown };
  #shown = false;

  constructor(terminal: { readonly isTTY?: boolean; write(text: string): unknown }) {
    this.#terminal = terminal;
  }

  /** Gives the same values, and counts them. */
  async *of<Value>(values: AsyncIterable<Value>): AsyncGenerator<Value> {
    let count = 0;
    for await (const value of values) {
      yield value;
      count += 1;
      if (!this.#terminal.isTTY || count % STEP > 0) continue;
      this.#terminal.write(`\r${count.toLocaleString('en')} values sent`);
      this.#shown = true;
    }
  }

  /** Takes the line away, before something else is printed. */
  clear(): void {
    if (this.#shown) this.#terminal.write('\r\x1b[K');
    this.#shown = false;
  }
}
