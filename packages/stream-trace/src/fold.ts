import type { TraceEvent } from './trace-event.ts';

/** Messages that follow each other within so many milliseconds are a burst. */
const BURST_MS = 25;
/** So many of a burst are shown each by itself; the others are one event. */
const SHOWN_OF_BURST = 4;

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

interface Burst {
  until: number;
  messages: number;
  /** What the messages beyond the first few are added to. */
  rest: Mutable<TraceEvent> | undefined;
}

/**
 * A record that stays small: of a burst of messages, all but the first few are one event, which says how many there
 * are. Takes events as they come, those of another fold too.
 */
export class Fold {
  #events: TraceEvent[] = [];
  readonly #bursts = new Map<string, Burst>();
  readonly #limit: number;
  /** How many messages, and what else there was, it holds no more. */
  forgotten = 0;

  /** @param limit how many events it holds; beyond that, the oldest are forgotten */
  constructor(limit = Number.POSITIVE_INFINITY) {
    this.#limit = limit;
  }

  get events(): readonly TraceEvent[] {
    return this.#events;
  }

  add(event: TraceEvent): void {
    if (event.event === 'message' || event.event === 'taken') this.#addMessage(event);
    else {
      this.#endBursts(event.call);
      this.#push(event);
    }
  }

  /** Gives what it holds, and goes on without: the bursts go on. */
  take(): TraceEvent[] {
    const events = this.#events;
    this.#events = [];
    for (const burst of this.#bursts.values()) burst.rest = undefined;
    return events;
  }

  #addMessage(event: TraceEvent): void {
    const { at, times = 1, until = at, call, side, sent } = event;
    const key = `${call} ${side} ${sent} ${event.event}`;
    const burst = this.#bursts.get(key);
    if (!burst || at - burst.until > BURST_MS) {
      this.#bursts.set(key, { until, messages: times, rest: undefined });
      this.#push(event);
      return;
    }
    burst.until = until;
    burst.messages += times;
    const { rest } = burst;
    if (rest) {
      rest.times = (rest.times ?? 1) + times;
      rest.until = until;
      if (rest.bytes !== undefined) rest.bytes += event.bytes ?? 0;
      return;
    }
    const copy = { ...event };
    if (burst.messages > SHOWN_OF_BURST) burst.rest = copy;
    this.#push(copy);
  }

  /** What else happens on a call stands between the messages before and after it. */
  #endBursts(call: string): void {
    for (const key of this.#bursts.keys()) if (key.startsWith(`${call} `)) this.#bursts.delete(key);
  }

  #push(event: TraceEvent): void {
    this.#events.push(event);
    // In large steps, since each moves all the others.
    if (this.#events.length <= this.#limit * 1.25) return;
    const gone = this.#events.splice(0, this.#events.length - this.#limit);
    for (const { event, times = 1 } of gone) if (event !== 'taken') this.forgotten += times;
  }
}

/** The events with their bursts folded. */
export function folded(events: readonly TraceEvent[]): readonly TraceEvent[] {
  const fold = new Fold();
  for (const event of events) fold.add(event);
  return fold.events;
}
