import { styleText } from 'node:util';
import { laneOf, laneTitles, TIMES_WIDTH, type TraceEvent } from 'stream-trace';

/** How long a line waits on a terminal for an earlier one that comes from the other process. */
const HOLD_MS = 100;
/** What programs print at once with an event is shown after it, that of the server first. */
const PRINTED_AFTER_MS = { server: 30, client: 60 };
const WIDTH = 80;
const WIDEST = 120;

/** What differs from run to run, and what a stable text says instead. */
const UNSTABLE: readonly (readonly [RegExp, string])[] = [
  [/localhost:\d+/g, 'localhost:PORT'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, 'GUID'],
  [/\b6\d{17}\b/g, 'TICKS'],
  [/(?<=\bTICKS, )[\w-]+\.\d+/g, 'POSITION'],
  // In a thousandth of all runs there are no nanoseconds.
  [/\b1\d{9}(, \d{1,9})?\b/g, 'TIME'],
  [/(?<=, )[\w-]{8}\.\d+\b/g, 'POSITION'],
];

export interface ScreenOptions {
  /** Stable text, without colours and times, and with a placeholder for what differs from run to run. */
  readonly isPlain: boolean;
  /** Whether lines come soon. Default: unless it is plain. */
  readonly isLive?: boolean;
  /** How an event is drawn. Default: in two lanes. */
  readonly lane?: (event: TraceEvent) => string | undefined;
  readonly print?: (line: string) => void;
  /** The time in milliseconds, as events have it. */
  readonly now?: () => number;
}

const clock = () => performance.timeOrigin + performance.now();

/** Prints what two processes tell, in the order in which it happened: on a terminal soon, as stable text at the end. */
export class Screen {
  readonly #isPlain: boolean;
  readonly #isLive: boolean;
  readonly #lane: (event: TraceEvent) => string | undefined;
  readonly #print: (line: string) => void;
  readonly #now: () => number;
  readonly #options: { width: number; color: boolean; hasTimes: boolean; hasBothSides: true };
  #waiting: { at: number; line: () => string | undefined }[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor({ isPlain, isLive = !isPlain, lane, print = console.log, now = clock }: ScreenOptions) {
    const width = isPlain ? WIDTH : Math.min(Math.max(WIDTH, process.stdout.columns || WIDTH), WIDEST);
    this.#options = { width, color: !isPlain, hasTimes: !isPlain, hasBothSides: true };
    this.#isPlain = isPlain;
    this.#isLive = isLive;
    this.#lane = lane ?? ((event) => laneOf(event, this.#options));
    this.#print = print;
    this.#now = now;
  }

  title(text: string): void {
    this.flush();
    this.#print(`${this.#isPlain ? text : styleText('bold', text)}\n${laneTitles(this.#options)}`);
  }

  /** An event of a call: an arrow. */
  draw(event: TraceEvent): void {
    const stable = { ...event, ...(event.text !== undefined && { text: this.#stable(event.text) }) };
    this.#add(event.at, () => this.#lane(stable));
  }

  /**
   * A line that a program printed, in its lane.
   *
   * @param afterMs how much later than the events of this moment
   */
  show(side: 'client' | 'server', text: string, afterMs = PRINTED_AFTER_MS[side]): void {
    const { width, hasTimes } = this.#options;
    const line = this.#stable(text);
    const before = ' '.repeat(hasTimes ? TIMES_WIDTH : 0);
    this.say(side === 'client' ? `${before}| ${line}` : `${line} |`.padStart(width), afterMs);
  }

  /** A line as it is. */
  say(line: string, afterMs = 0): void {
    this.#add(this.#now() + afterMs, () => (this.#isPlain ? line : styleText('dim', line)));
  }

  /** Prints what still waits. */
  flush(before = Number.POSITIVE_INFINITY): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const ready = this.#waiting.filter(({ at }) => at <= before).sort((a, b) => a.at - b.at);
    this.#waiting = this.#waiting.filter(({ at }) => at > before);
    for (const { line } of ready) {
      const drawn = line();
      if (drawn) this.#print(drawn);
    }
    this.#schedule();
  }

  #add(at: number, line: () => string | undefined): void {
    this.#waiting.push({ at, line });
    this.#schedule();
  }

  #schedule(): void {
    if (!this.#isLive || this.#timer || this.#waiting.length === 0) return;
    this.#timer = setTimeout(() => this.flush(this.#now() - HOLD_MS), HOLD_MS);
  }

  #stable(text: string): string {
    if (!this.#isPlain) return text;
    return UNSTABLE.reduce((line, [pattern, replacement]) => line.replaceAll(pattern, replacement), text);
  }
}
