import { cutInside, formatCount, formatMs } from './format.ts';
import { type StoryOptions, story, type Told } from './story.ts';
import type { TraceEvent } from './trace-event.ts';

export interface SvgOptions extends StoryOptions {
  /** In pixels. Default: 720. */
  readonly width?: number;
  /** What a screen reader says of the picture. */
  readonly title?: string;
  /** What stands above the lanes of the callers. Default: `client`, or `client 1`, `client 2` and so on. */
  readonly names?: readonly string[];
  /** What stands above the lane of the server. Default: `server`. */
  readonly server?: string;
  /** How many events there were before these. */
  readonly forgotten?: number;
}

interface Row extends Told {
  readonly y: number;
}

const TOP = 44;
const LINE = 19;
/** The end of an arrow is a bit lower than its start. */
const SLOPE = 6;
const TIMES = 62;
const LETTER = 7.25;
const WAIT_MS = 15;
const LONG_WAIT_MS = 400;
/** With six nodes each at most, the picture has no more than 2,000. */
const MOST_ROWS = 240;
const MOST_CALLERS = 4;
/** In pixels. */
const LONG = 600;

/**
 * Draws a record as lanes, with time running down. The axis is elastic: an event takes a line, and a wait as much more
 * as its order of magnitude. An arrow runs from where a message was sent to where the other side had it: a full head
 * where its program has read it, an empty one where it has not. Of many events it draws the last.
 */
export function toSvg(events: readonly TraceEvent[], options: SvgOptions = {}): string {
  const { width = 720, isLive = false, title = 'What both sides of the call saw', forgotten = 0 } = options;
  const all = story(events, options);
  const shown = lastOf(all);
  const start = all[0]?.event.at ?? 0;
  const rows = place(shown);
  const yOf = new Map(rows.map((row) => [row.event, row.y]));
  const lanes = new Lanes(width, 1 + Math.max(0, ...rows.map(({ caller }) => caller)), options);
  const bottom = (rows.at(-1)?.y ?? TOP) + (isLive ? 30 : 16);
  const out = lanes.heads(bottom);
  const hidden = forgotten + countOf(all.slice(0, all.length - shown.length));
  if (hidden > 0) out.push(`<text class="t" x="4" y="${TOP - 12}">⋮ ${formatCount(hidden)} events before</text>`);
  const labels: string[] = [];
  let toldAt = Number.NaN;
  let before = rows[0]?.event.at ?? 0;
  for (const row of rows) {
    const { at } = row.event;
    const isLate = at - before > LONG_WAIT_MS;
    if (isLate) out.push(`<text class="t" x="${TIMES - 10}" y="${row.y - LINE}" text-anchor="end">⋮</text>`);
    before = Math.max(before, at);
    const drawn = draw(row, lanes, yOf, bottom);
    if (!drawn) continue;
    out.push(drawn.mark);
    labels.push(drawn.label);
    const ms = formatMs(at - start);
    if (Math.round(at - start) !== toldAt)
      out.push(`<text class="t" x="${TIMES - 10}" y="${row.y + 4}" text-anchor="end">${ms}</text>`);
    toldAt = Math.round(at - start);
  }
  // No arrow goes over the words of another.
  out.push(...labels);
  const height = bottom + (bottom > LONG ? 22 : 6);
  const size = `viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" class="stream-trace" ${size} role="img" aria-label="${escaped(title)}">${out.join('')}</svg>`;
}

/** The look: blue and orange, and the dash of what the server sends, tell the sides apart. */
export const SVG_STYLE = `.stream-trace{--ink:#1f2328;--dim:#59636e;--paper:#fff;--client:#0058a8;--server:#a03b00;--bad:#b3003c;font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;max-width:100%;height:auto}
@media(prefers-color-scheme:dark){.stream-trace{--ink:#f0f6fc;--dim:#9aa4ae;--paper:#0d1117;--client:#79c0ff;--server:#ffb066;--bad:#ff8ba7}}
.stream-trace text{fill:var(--ink);paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}
.stream-trace .h{font-weight:700}.stream-trace .t{fill:var(--dim);font-size:11px}
.stream-trace path{fill:none;stroke:currentColor;stroke-width:1.6}.stream-trace .l{color:var(--dim);stroke-width:1.4}
.stream-trace .c{color:var(--client)}.stream-trace .s{color:var(--server)}.stream-trace .b{color:var(--bad)}
.stream-trace text.c{fill:var(--client)}.stream-trace text.s{fill:var(--server)}.stream-trace text.b{fill:var(--bad)}.stream-trace text.b,.stream-trace text.n{font-weight:700}
.stream-trace .s .d{stroke-dasharray:7 3}.stream-trace circle,.stream-trace .e{fill:currentColor}.stream-trace .o{fill:var(--paper)}
.stream-trace .m{fill:currentColor;fill-opacity:.1;stroke:none}.stream-trace .f .d{stroke-dasharray:2 5;animation:stream-trace-fly 1s linear infinite}
@keyframes stream-trace-fly{to{stroke-dashoffset:-14}}
@media(prefers-reduced-motion:reduce){.stream-trace .f .d{animation:none}}
`;

/** As much of the end as there is room for. */
function lastOf(all: readonly Told[]): readonly Told[] {
  let rows = 0;
  for (let at = all.length - 1; at >= 0; at--) {
    if (all[at]?.text !== undefined && ++rows > MOST_ROWS) return all.slice(at + 1);
  }
  return all;
}

const countOf = (told: readonly Told[]) =>
  told.reduce((sum, { event, text }) => sum + (text === undefined ? 0 : (event.times ?? 1)), 0);

function place(told: readonly Told[]): Row[] {
  let y = TOP;
  let isAfterMark = false;
  return told.map((row, index) => {
    const wait = row.event.at - (told[index - 1]?.event.at ?? row.event.at);
    if (index > 0) y += row.text === undefined ? (row.event.event === 'taken' ? 0 : SLOPE) : LINE;
    // The words of an arrow are above it, where those of a mark before it would be.
    if (row.text !== undefined && row.isArrow && isAfterMark) y += 6;
    if (row.text !== undefined) isAfterMark = !row.isArrow;
    if (wait > WAIT_MS) y += Math.min(56, 8 * Math.log2(wait / 10));
    return { ...row, y: Math.round(y) };
  });
}

/** Where the lanes are: one caller on the left and the server on the right of it, more callers to the right of that. */
class Lanes {
  readonly server: number;
  readonly #width: number;
  readonly #callers: readonly number[];
  readonly #names: readonly string[];
  readonly #serverName: string;

  constructor(width: number, callers: number, { names, server = 'server' }: SvgOptions) {
    this.#serverName = server;
    this.#width = width;
    const count = Math.min(callers, MOST_CALLERS);
    const step = (width - TIMES - 14) / count;
    const at = (lane: number) => Math.round(TIMES + 4 + lane * step);
    this.server = at(1);
    this.#callers = Array.from({ length: count }, (_, n) => at(n === 0 ? 0 : n + 1));
    this.#names = this.#callers.map((_, n) => names?.[n] ?? (count === 1 ? 'client' : `client ${n + 1}`));
  }

  caller(n: number): number {
    return this.#callers[Math.min(n, this.#callers.length - 1)] ?? 0;
  }

  /** The edge of the picture that is farther from a lane. */
  edgeFrom(x: number): number {
    return x > this.#width / 2 ? 0 : this.#width;
  }

  heads(bottom: number): string[] {
    const lanes = [
      ...this.#callers.map((x, n) => [this.#names[n] ?? '', x] as const),
      [this.#serverName, this.server] as const,
    ];
    return lanes.flatMap(([name, x]) => {
      const room = Math.min(x, this.#width - x) * 2;
      const anchor = name.length * LETTER < room ? 'middle' : x > this.#width / 2 ? 'end' : 'start';
      const where = anchor === 'end' ? this.#width - 2 : x;
      const head = (y: number) =>
        `<text class="h" x="${where}" y="${y}" text-anchor="${anchor}">${escaped(name)}</text>`;
      // Of a long picture one may see the end alone.
      return [head(18), `<path class="l" d="M${x} 25V${bottom}"/>`, ...(bottom > LONG ? [head(bottom + 15)] : [])];
    });
  }
}

/** What a row is drawn by, and its words. */
function draw(
  row: Row,
  lanes: Lanes,
  yOf: ReadonlyMap<TraceEvent, number>,
  bottom: number,
): { mark: string; label: string } | undefined {
  const { event, text, state, isBad, fate, arrivals, y } = row;
  if (text === undefined) return undefined;
  const isClient = event.side === 'client';
  const caller = lanes.caller(row.caller);
  const [here, there] = isClient ? [caller, lanes.server] : [lanes.server, caller];
  const classes = (isOfClient: boolean) =>
    [isBad ? 'b' : isOfClient ? 'c' : 's', event.event !== 'message' && 'n'].filter(Boolean).join(' ');
  const label = (from: number, to: number, top: number, look: string) => {
    const room = Math.floor(Math.abs(to - from) / LETTER) - 3;
    const words = state ? `${cutInside(text, Math.max(8, room - state.length - 3))} · ${state}` : text;
    const [anchor, x] = to > from ? ['start', from + 9] : ['end', from - 9];
    return `<text class="${look}" x="${x}" y="${top}" text-anchor="${anchor}">${escaped(cutInside(words, room))}</text>`;
  };
  if (!row.isArrow) {
    const look = classes(isClient);
    const mark = `<path class="e ${look}" d="M${here - 4} ${y}l4 -4l4 4l-4 4z"/>`;
    return { mark, label: label(here, lanes.edgeFrom(here), y + 4, look) };
  }
  if (!event.sent) {
    // The record of one side: what it received came from the other.
    const look = classes(!isClient);
    const shaft = `<path class="d" d="M${there} ${y}L${here} ${y + SLOPE}"/>`;
    const mark = `<g class="${look}">${shaft}${tip(here, y + SLOPE, here > there ? 1 : -1, 'e')}</g>`;
    return { mark, label: label(there, here, y - 4, look) };
  }
  const look = classes(isClient);
  const out = there > here ? 1 : -1;
  // A burst of arrivals is where its first is, which may be before this was sent.
  const after = (arrival: number | undefined) => arrival && Math.max(arrival, y + SLOPE);
  const last = arrivals && after(yOf.get(arrivals[1]));
  const first = (arrivals && after(yOf.get(arrivals[0]))) ?? last;
  const isThere = last !== undefined || fate === 'unknown' || fate === 'arrived';
  const [endX, endY] = isThere
    ? [there, Math.min(first ?? y + SLOPE, bottom)]
    : [Math.round(here + (there - here) * 0.6), y + SLOPE];
  const band =
    (event.times ?? 1) > 1 && last !== undefined && first !== undefined
      ? `<path class="m" d="M${here} ${y - 1}L${there} ${first}V${Math.max(last, first + 8)}L${here} ${y + 12}z"/>`
      : '';
  const isRead = isThere && !state.endsWith('read');
  const end = !isThere && fate === 'lost' ? cross(endX, endY) : tip(endX, endY, out, isRead ? 'e' : 'o');
  const shaft = `<circle cx="${here}" cy="${y}" r="3"/><path class="d" d="M${here} ${y}L${endX} ${endY}"/>`;
  const flying = fate === 'on its way' ? ' f' : '';
  return {
    mark: `<g class="${look}${flying}">${band}${shaft}${end}</g>`,
    label: label(here, there, y - 4, look),
  };
}

const tip = (x: number, y: number, out: number, look: 'e' | 'o') =>
  `<path class="${look}" d="M${x} ${y}l${out * -9} -4v8z"/>`;
const cross = (x: number, y: number) => `<path d="M${x - 5} ${y - 5}l10 10m0 -10l-10 10"/>`;

const escaped = (text: string) =>
  text.replaceAll(/[<>&"']/g, (char) => `&#${char.charCodeAt(0)};`).replaceAll(/\p{Cc}/gu, ' ');
