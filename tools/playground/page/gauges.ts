import { formatBytes, formatCount, type TraceEvent } from 'stream-trace/picture';
import { byId } from './dom.ts';

type Way = 'up' | 'down';

/** Counts where the messages of a call are. Events of the two sides come in any order: what is counted is the last. */
export class Gauges {
  #counts = { up: zero(), down: zero() };
  #waiting = 0;

  /** Begins with another call. */
  reset(): void {
    this.#counts = { up: zero(), down: zero() };
    this.#waiting = 0;
  }

  setWaiting(messages: number): void {
    this.#waiting = messages;
  }

  take({ side, sent, event, number = 1, times = 1, bytes }: TraceEvent): void {
    const isMessage = event === 'message' || event === 'taken';
    const way: Way = (side === 'client') === sent ? 'up' : 'down';
    const counts = this.#counts[way];
    if (event === 'waits') counts.waits = number;
    if (event === 'goes on') counts.waits = 0;
    if (!isMessage) return;
    const last = number + times - 1;
    if (event === 'taken') counts.read = Math.max(counts.read, last);
    else if (sent) counts.sent = Math.max(counts.sent, last);
    else counts.there = Math.max(counts.there, last);
    if (bytes !== undefined) counts.size = bytes / times;
  }

  show(): void {
    set('up-waiting', formatCount(this.#waiting), this.#waiting > 0);
    for (const way of ['up', 'down'] as const) {
      const { sent, there, read, size, waits } = this.#counts[way];
      const has = (count: number) =>
        count > 0 ? `${formatCount(count)} (${formatBytes(Math.round(count * size))})` : '0';
      // What one side tells may come before the other tells of it.
      const [flying, unread] = [Math.max(0, sent - there), Math.max(0, there - read)];
      set(`${way}-flying`, has(flying), flying > 0);
      set(`${way}-unread`, has(unread), unread > 0);
      set(`${way}-read`, formatCount(read));
      set(`${way}-waits`, waits > 0 ? `yes, at message ${formatCount(waits)}` : 'no', waits > 0);
    }
  }
}

const zero = () => ({ sent: 0, there: 0, read: 0, size: 0, waits: 0 });

function set(id: string, text: string, isSome = false): void {
  const cell = byId(id);
  if (cell.textContent !== text) cell.textContent = text;
  cell.classList.toggle('some', isSome);
}
