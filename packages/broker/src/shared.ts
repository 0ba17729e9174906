/**
 * Asks one question at a time. Who wants to know while it is asked shares the next answer: what it says is never from
 * before it was wanted.
 */
export class Shared<Answer> {
  readonly #ask: () => Promise<Answer>;
  #current: Promise<unknown> = Promise.resolve();
  #next: Promise<Answer> | undefined;

  constructor(ask: () => Promise<Answer>) {
    this.#ask = ask;
  }

  get(): Promise<Answer> {
    this.#next ??= this.#current.then(() => {
      this.#next = undefined;
      const answer = this.#ask();
      this.#current = answer.catch(() => {});
      return answer;
    });
    return this.#next;
  }
}
