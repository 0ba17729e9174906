/** How much waits for a reader at most, in bytes. */
const WAITING_BYTES = 1_048_576;

/** What an output needs of stdout or stderr. */
export interface LineStream {
  /** How much waits for a reader. */
  readonly writableLength: number;
  write(text: string, done: (error?: Error | null) => void): unknown;
  on(event: 'error', listener: () => void): unknown;
}

/**
 * An output that never harms the program: it waits for nobody and does not fail. What nobody reads is dropped beyond
 * what may wait, and so is what cannot be written, as on a full disk; once lines arrive again, one says how many did
 * not.
 *
 * Node's stdout and stderr are such streams: a pipe that is full takes what is written later, and keeps the process
 * until then. (pino's own destination would write to the same pipe by a thread, or stop the process until it can.)
 */
export class Output {
  readonly #stream: LineStream;
  readonly #tellDropped: (lines: number) => string;
  readonly #waitingBytes: number;
  #dropped = 0;

  /** @param tellDropped the line that says how many were dropped */
  constructor(stream: LineStream, tellDropped: (lines: number) => string, waitingBytes = WAITING_BYTES) {
    this.#stream = stream;
    this.#tellDropped = tellDropped;
    this.#waitingBytes = waitingBytes;
    stream.on('error', () => {}); // the callback of the write hears of it too
  }

  print(line: string): void {
    if (this.#stream.writableLength > this.#waitingBytes) this.#dropped += 1;
    else this.#write(line, 1);
  }

  /** @param lines how many are lost with this one */
  #write(line: string, lines: number): void {
    this.#stream.write(`${line}\n`, (error) => {
      if (error) this.#dropped += lines;
      else if (this.#dropped > 0) {
        const dropped = this.#dropped;
        this.#dropped = 0;
        this.#write(this.#tellDropped(dropped), dropped);
      }
    });
  }
}
