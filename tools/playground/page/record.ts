import { Fold, formatMs, type TraceEvent, toSvg, toTable } from 'stream-trace/picture';
import { byId } from './dom.ts';

/** The page draws no more events than these; those before them it counts. */
const KEPT = 1_500;
const REDRAW_MS = 80;

/** What has happened, as the picture and the table show it. */
export class PictureRecord {
  /** What stands above the lanes of other callers. */
  callers = 'other';
  #fold = new Fold(KEPT);
  /** Calls of which nothing more is shown. */
  readonly #forgotten = new Set<string>();
  /** The calls of this page. */
  #mine = new Set<string>();
  #isWaiting = false;

  own(call: string): void {
    this.#mine.add(call);
  }

  /** What still comes of a call that is over is not shown. */
  forget(call: string): void {
    this.#forgotten.add(call);
  }

  add(event: TraceEvent): void {
    if (event.call !== '' && this.#forgotten.has(event.call)) return;
    this.#fold.add(event);
    this.redraw();
  }

  clear(): void {
    this.#fold = new Fold(KEPT);
    this.redraw();
  }

  /** What it shows, a line for each. */
  get text(): string {
    return this.#table()
      .map(({ side, text, state }) => `${side}: ${text}${state && ` · ${state}`}`)
      .join('\n');
  }

  redraw(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    setTimeout(() => requestAnimationFrame(() => this.#draw()), REDRAW_MS);
  }

  #draw(): void {
    this.#isWaiting = false;
    const picture = byId('picture');
    const isAtEnd = picture.scrollTop + picture.clientHeight >= picture.scrollHeight - 80;
    const names = this.#names();
    const width = Math.max(260, picture.clientWidth - 4);
    picture.innerHTML = toSvg(this.#shown(), { ...this.#options(), width, names, forgotten: this.#fold.forgotten });
    if (isAtEnd) picture.scrollTop = picture.scrollHeight;
    if (byId<HTMLDetailsElement>('as-table').open) this.#tabulate(names);
  }

  #tabulate(names: readonly string[]): void {
    byId('rows').replaceChildren(
      ...this.#table().map(({ ms, side, caller, text, state }) => {
        const row = document.createElement('tr');
        const who = side === 'server' ? 'server' : (names[caller] ?? 'others');
        for (const cell of [formatMs(ms), who, state ? `${text} · ${state}` : text])
          row.insertCell().textContent = cell;
        return row;
      }),
    );
  }

  #table() {
    return toTable(this.#shown(), this.#options());
  }

  #options() {
    return { isLive: true, ...(this.#mine.size > 0 && { isMine: (call: string) => this.#mine.has(call) }) };
  }

  #names(): string[] {
    const others = [1, 2, 3, 4].map((n) => `${this.callers} ${n}`);
    return this.#mine.size > 0 ? ['you', ...others] : others;
  }

  #shown(): readonly TraceEvent[] {
    if (byId<HTMLInputElement>('others').checked) return this.#fold.events;
    return this.#fold.events.filter(({ call }) => call === '' || this.#mine.has(call));
  }
}
