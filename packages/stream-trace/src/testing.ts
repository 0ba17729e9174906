import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { readTrace } from './read-trace.ts';
import { story } from './story.ts';
import { readSvgFile, type SvgFile, toSvgFile } from './svg-file.ts';
import { isOfWire, type TraceEvent } from './trace-event.ts';

/** What a client program has told of its calls, and a server program of the same calls. */
export function recordOf(client: string, server: string): TraceEvent[] {
  const own = readTrace(client);
  const calls = new Set(own.map(({ call }) => call));
  return [...own, ...readTrace(server).filter(({ call }) => calls.has(call))];
}

/** Whether the server has told how each call of a record has ended. */
export function hasEnded(events: readonly TraceEvent[]): boolean {
  const ended = events.filter(({ side, event }) => side === 'server' && (event === 'status' || event === 'cancel'));
  const calls = new Set(events.map(({ call }) => call));
  return calls.size > 0 && new Set(ended.map(({ call }) => call)).size === calls.size;
}

export interface PictureOptions {
  readonly stable?: (text: string) => string;
  readonly isAboutWaiting?: boolean;
}

/**
 * Compares a picture with a record of the same calls: by order and text, never by time. With `pnpm docs:sync`, draws it
 * anew where it differs.
 *
 * @param path the file of the picture
 * @param options `stable` gives what a text says of which each run says something else; `isAboutWaiting` leaves in what
 *   waits, which a busy machine makes of any call
 * @returns a sentence if it differs, or is not what is drawn from its own events
 */
export function stalePicture(
  path: string,
  recorded: SvgFile,
  { stable = (text) => text, isAboutWaiting = false }: PictureOptions = {},
): string[] {
  const events = recorded.events
    .filter((event) => !isOfReset(event, recorded.events) && (isAboutWaiting || !isWaiting(event)))
    .map((event) => (event.text === undefined ? event : { ...event, text: stable(event.text) }));
  const known = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  const file = known && readSvgFile(known);
  const isSame = file && told({ ...recorded, events }) === told({ ...recorded, ...file });
  // What has been recorded before is as good: the times of a run are not worth a change.
  const drawn = toSvgFile(isSame ? { ...recorded, events: file.events } : { ...recorded, events });
  if (drawn === known) return [];
  if (process.env.DOCS_SYNC !== '1') {
    const why = isSame ? 'is not drawn as it would be now' : 'does not show what happens';
    const differs =
      isSame || !file ? '' : `:\n${told({ ...recorded, ...file })}\nis now\n${told({ ...recorded, events })}`;
    return [`${path} ${why} (pnpm docs:sync draws it)${differs}`];
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, drawn);
  return [];
}

/** Depending on how its packets arrive, a reset may show as a half-close first. */
function isOfReset({ call, side, event }: TraceEvent, events: readonly TraceEvent[]): boolean {
  const isHalfClose = (other: TraceEvent) => other.call === call && other.event === 'half-close' && other.sent;
  return side === 'server' && event === 'half-close' && !events.some(isHalfClose);
}

const isWaiting = ({ event }: TraceEvent) => event === 'waits' || event === 'goes on' || event === 'unread';

/** More messages than these in a row are many: how many there are before one has to wait is not the same everywhere. */
const FEW = 4;

/**
 * What a record tells that is the same in every run: for each side of each call what it sent, and what it heard, in
 * their order. What waits, and how many, is told by its kind alone.
 */
function told({ events }: SvgFile): string {
  const lanes = new Map<string, string[]>();
  const callers = new Map<string, number>();
  for (const { event, text, state } of story(events)) {
    // Whether a busy machine makes something wait is not told at all.
    if (text === undefined || isWaiting(event)) continue;
    const caller = callers.get(event.call) ?? callers.size;
    callers.set(event.call, caller);
    const way = isOfWire(event) ? (event.sent ? 'sends' : 'hears') : 'tells';
    const key = `${caller} ${event.side} ${way}`;
    const times = event.event === 'message' ? (event.times ?? 1) : 1;
    const words = `${event.event}: ${times > 1 ? '' : text}${state && ` · ${state}`}`;
    lanes.set(key, [...(lanes.get(key) ?? []), ...Array<string>(Math.min(times, FEW + 1)).fill(words)]);
  }
  return [...lanes]
    .map(([key, lane]) => `${key}: ${manyTogether(lane).join('; ')}`)
    .sort()
    .join('\n');
}

function manyTogether(lane: readonly string[]): string[] {
  const told: string[] = [];
  let run: string[] = [];
  for (const text of [...lane, '']) {
    if (text.startsWith('message: ')) {
      run.push(text);
      continue;
    }
    told.push(...(run.length > FEW ? ['many messages'] : run), text);
    run = [];
  }
  return told.slice(0, -1);
}
