import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@grpc-by-example/testing';
import { expect, test, vi } from 'vitest';
import { Fold, folded, formatBytes, readSvgFile, type TraceEvent, toSvg, toSvgFile, toTable } from '../src/picture.ts';
import { stalePicture } from '../src/testing.ts';

let at = 0;

/** An event, 0.1 ms after the one before unless told otherwise. */
function event(
  side: TraceEvent['side'],
  kind: TraceEvent['event'],
  more: Partial<TraceEvent> & { afterMs?: number } = {},
) {
  const { afterMs = 0.1, ...fields } = more;
  at += afterMs;
  return {
    at,
    ms: at,
    side,
    call: 'a',
    method: '/Chat/chat',
    event: kind,
    sent: false,
    ...fields,
  } satisfies TraceEvent;
}

const sends = (side: TraceEvent['side'], number: number, more: Partial<TraceEvent> & { afterMs?: number } = {}) =>
  event(side, 'message', { sent: true, number, bytes: 2_048, text: `m${number}`, ...more });
const gets = (side: TraceEvent['side'], number: number, more: Partial<TraceEvent> = {}) =>
  event(side, 'message', { number, bytes: 2_048, text: `m${number}`, ...more });
const opened = (call = 'a') => [event('client', 'open', { sent: true, call }), event('server', 'open', { call })];
const lines = (events: readonly TraceEvent[], options = {}) =>
  toTable(events, options).map(({ side, text, state }) => `${side}: ${text}${state && ` · ${state}`}`);
const nodes = (svg: string) => [...svg.matchAll(/<\w/g)].length;

/** As many as there are, sent at once, of which so many have arrived, and so many have been read. */
function burst(count: number, arrived: number, read: number): TraceEvent[] {
  const numbers = (upTo: number) => Array.from({ length: upTo }, (_, n) => n + 1);
  return [
    ...opened(),
    ...numbers(count).map((number) => sends('client', number)),
    ...numbers(arrived).map((number) => gets('server', number)),
    ...numbers(read).map((number) => event('server', 'taken', { number })),
  ];
}

test('the rest of a burst is one event, with the number and the bytes of its messages', () => {
  const events = folded(burst(100, 0, 0));
  expect(events.slice(2).map(({ number, times, bytes }) => [number, times, bytes])).toEqual([
    ...[1, 2, 3, 4].map((number) => [number, undefined, 2_048]),
    [5, 96, 96 * 2_048],
  ]);
  expect(lines(events)).toContain(`client: … × 96 (${formatBytes(96 * 2_048)}) · 96 lost`);
});

test('a fold in steps says the same as one at once', () => {
  const events = burst(100, 80, 70);
  const [gateway, page] = [new Fold(), new Fold()];
  for (const [n, event] of events.entries()) {
    gateway.add(event);
    if (n % 7 === 0) for (const folded of gateway.take()) page.add(folded);
  }
  for (const folded of gateway.take()) page.add(folded);
  expect(lines(page.events, { isLive: true })).toEqual(lines(events, { isLive: true }));
});

test('what has not arrived is on its way while the record goes on, and lost when it does not', () => {
  const events = burst(100, 80, 70);
  expect(lines(events, { isLive: true }).at(-1)).toBe('client: … × 96 (192 KiB) · 20 on their way, 10 not read');
  expect(lines(events).at(-1)).toBe('client: … × 96 (192 KiB) · 20 lost, 10 never read');
});

test('a status that the client made by itself is not the one that the server sent', () => {
  const events = [
    ...opened(),
    event('client', 'cancel', { sent: true }),
    event('client', 'status', { text: 'CANCELLED' }),
    event('server', 'half-close'),
    event('server', 'status', { sent: true, text: 'OK' }),
  ];
  expect(lines(events)).toEqual([
    'client: open /Chat/chat',
    'client: cancel',
    'client: has the status CANCELLED',
    'server: sees a half-close',
    'server: status OK · lost',
  ]);
});

test('callers that are there at the same time have lanes of their own', () => {
  const one = [...opened('a'), event('client', 'status', { call: 'a', text: 'OK' })];
  const callersOf = (events: readonly TraceEvent[]) => toTable(events).map(({ caller }) => caller);
  expect(new Set(callersOf([...one, ...opened('b')]))).toEqual(new Set([0]));
  expect(callersOf([...opened('c'), ...opened('d')])).toEqual([0, 1]);
  expect(toSvg([...opened('c'), ...opened('d')])).toMatch(/>client 1<.*>client 2<.*>server</s);
});

test('a picture shows every event that the table has', () => {
  const events = burst(3, 2, 1);
  const svg = toSvg(events, { isLive: true });
  const missing = toTable(events, { isLive: true }).filter(
    ({ text, state }) => !svg.includes(text) || !svg.includes(state),
  );
  expect(missing).toEqual([]);
});

test('what a message says is text, whatever it says', () => {
  const svg = toSvg([...opened(), sends('client', 1, { text: '<script>"&\u0007' })]);
  expect(svg).toContain('&#60;script&#62;&#34;&#38; ');
  expect(svg).not.toContain('<script');
});

test('100,000 messages are a picture of at most 2,000 nodes that is never blank', () => {
  const fold = new Fold(1_500);
  for (const event of opened()) fold.add(event);
  // An echo, in bursts with pauses between them.
  for (let number = 1; number <= 100_000; number++) {
    const afterMs = number % 7 === 0 ? 100 : 0.1;
    fold.add(sends('client', number, { afterMs }));
    fold.add(gets('server', number));
    fold.add(sends('server', number));
    fold.add(gets('client', number));
  }
  const svg = toSvg(fold.events, { forgotten: fold.forgotten });
  expect(nodes(svg)).toBeLessThanOrEqual(2_000);
  expect([...svg.matchAll(/<g /g)].length).toBeGreaterThan(100);
  expect(svg).toMatch(/⋮ [\d,]+ events before/);
  // The last of them are within the last burst.
  expect(svg.slice(-900)).toMatch(/>… × \d/);
});

test('a record of very many events that fold into none is a picture of at most 2,000 nodes', () => {
  const notes = Array.from({ length: 20_000 }, (_, n) => event('server', 'note', { text: `note ${n}`, afterMs: 50 }));
  expect(nodes(toSvg(notes))).toBeLessThanOrEqual(2_000);
});

test('a file holds what it was drawn from, and says nothing of the time or the ids', () => {
  const events = burst(10, 10, 10);
  const file = toSvgFile({ title: 'A burst', events });
  const again = readSvgFile(file);
  expect(again.title).toBe('A burst');
  expect(toSvgFile(again)).toBe(file);
  expect(again.events[0]).toMatchObject({ at: 0, call: 'a' });
  expect(file).toMatch(/<desc>client: open \/Chat\/chat\nclient: m1 \(2 KiB\)\n/);
});

test('a picture is stale when something else happens, and not when it only takes another time', () => {
  const path = join(temporaryFolder(), 'pictures/a.svg');
  const picture = (events: readonly TraceEvent[]) => ({ title: 'A chat', events });
  const chat = (afterMs: number, text = 'm1') => [
    ...opened(),
    sends('client', 1, { afterMs, text }),
    gets('server', 1),
  ];
  vi.stubEnv('DOCS_SYNC', '');
  expect(stalePicture(path, picture(chat(1)))[0]).toContain('does not show what happens');
  vi.stubEnv('DOCS_SYNC', '1');
  expect(stalePicture(path, picture(chat(1)))).toEqual([]);
  vi.stubEnv('DOCS_SYNC', '');
  expect(stalePicture(path, picture(chat(100)))).toEqual([]);
  expect(stalePicture(path, picture(chat(1, 'm2')))[0]).toContain('does not show what happens');
  expect(stalePicture(path, picture(chat(1).slice(0, -1)))[0]).toContain('does not show what happens');
  writeFileSync(path, readFileSync(path, 'utf8').replace('<circle', '<circle class="other"'));
  expect(stalePicture(path, picture(chat(1)))[0]).toContain('is not drawn as it would be now');
});
