import type { Broker, BrokerSubscription, SubscribeOptions } from '../src/index.ts';
import type { Note } from './start.ts';

/** A subscriber that reads all that comes. */
export class Reader {
  readonly notes: Note[] = [];
  readonly subscription: BrokerSubscription<Note>;
  /** Resolves when it is given up. */
  readonly ended: Promise<void>;

  private constructor(subscription: BrokerSubscription<Note>) {
    this.subscription = subscription;
    this.ended = this.#read();
    this.ended.catch(() => {});
  }

  static async on(broker: Broker<Note>, topic: string, options?: SubscribeOptions<Note>): Promise<Reader> {
    return new Reader(await broker.subscribe(topic, options));
  }

  get texts(): string[] {
    return this.notes.map(({ text }) => text);
  }

  async #read(): Promise<void> {
    for await (const note of this.subscription.messages) this.notes.push(note);
  }
}

export const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, n) => `${from + n}`);

export const noted = (topic: string, texts: readonly string[]): Note[] => texts.map((text) => ({ topic, text }));
