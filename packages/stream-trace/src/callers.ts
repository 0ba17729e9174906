import type { TraceEvent } from './trace-event.ts';

/**
 * Which of the callers each call is of, from 0: those that are open at the same time have one each, and a call that
 * begins when another has ended takes its place.
 */
export class Callers {
  readonly #places = new Map<string, number>();
  readonly #open: (string | undefined)[] = [];

  /** How many there have been at the same time. */
  get count(): number {
    return this.#open.length;
  }

  /** The caller of an event; events come in their order. */
  of({ call, side, sent, event }: TraceEvent): number {
    let place = this.#places.get(call);
    if (place === undefined) {
      const free = this.#open.indexOf(undefined);
      place = free < 0 ? this.#open.length : free;
      this.#places.set(call, place);
      this.#open[place] = call;
    }
    // The client's status is the last that happens; of one that was killed, the server hears.
    const isEnd = (side === 'client' && event === 'status') || (event === 'cancel' && !sent);
    if (isEnd && this.#open[place] === call) this.#open[place] = undefined;
    return place;
  }
}
