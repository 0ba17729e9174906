/** Says how far a long program is, on a terminal only. */
export class Progress {
  readonly #steps: number;
  #step = 0;

  constructor(steps: number) {
    this.#steps = steps;
  }

  next(what: string): void {
    this.#step += 1;
    this.#show(`${this.#step} of ${this.#steps}  ${what}`);
  }

  clear(): void {
    this.#show('');
  }

  #show(text: string): void {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
  }
}
