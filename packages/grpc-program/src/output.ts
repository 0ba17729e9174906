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
  /** Those that no line has told of yet. */
  #dropped = 0;
  #droppedInAll = 0;

  /** @param tellDropped the line that says how many were dropped */
  constructor(stream: LineStream, tellDropped: (lines: number) => string, waitingBytes = WAITING_BYTES) {
    this.#stream = stream;
    this.#tellDropped = tellDropped;
    this.#waitingBytes = waitingBytes;
    stream.on('error', () => {}); // the callback of the write hears of it too
  }

  /** How many lines were dropped since the start. */
  get dropped(): number {
    return this.#droppedInAll;
  }

  print(line: string): void {
    if (this.#stream.writableLength > this.#waitingBytes) {
      this.#dropped += 1;
      this.#droppedInAll += 1;
    } else this.#write(line);
  }

  /** @param told how many dropped lines this one tells of, if it does */
  #write(line: string, told = 0): void {
    this.#stream.write(`${line}\n`, (error) => {
      if (error) {
        this.#dropped += told || 1;
        if (!told) this.#droppedInAll += 1;
      } else if (this.#dropped > 0) {
        const dropped = this.#dropped;
        this.#dropped = 0;
        this.#write(this.#tellDropped(dropped), dropped);
      }
    });
  }
}
