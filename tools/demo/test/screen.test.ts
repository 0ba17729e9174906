import type { TraceEvent } from 'stream-trace';
import { expect, test } from 'vitest';
import { Screen } from '../src/screen.ts';

const NOW = 1_000_000;

function start() {
  const lines: string[] = [];
  let now = NOW;
  const screen = new Screen({ isPlain: true, print: (line) => lines.push(line), now: () => now });
  const draw = (side: TraceEvent['side'], text: string, afterMs: number) =>
    screen.draw({
      at: NOW + afterMs,
      ms: afterMs,
      side,
      call: '1',
      method: '/Chat/chat',
      event: 'message',
      sent: true,
      text,
    });
  const show = (side: TraceEvent['side'], text: string, afterMs: number) => {
    now = NOW + afterMs;
    screen.show(side, text);
  };
  /** The lines without what fills the width. */
  const shown = () => {
    screen.flush();
    return lines.flatMap((text) => text.split('\n')).map((line) => line.replaceAll(/─+/g, '─').trim());
  };
  return { screen, draw, show, shown };
}

test('what happened is shown in its order, in whatever order it is told', () => {
  const { draw, shown } = start();
  draw('server', 'second', 2);
  draw('client', 'third', 3);
  draw('client', 'first', 1);
  expect(shown()).toEqual(['first ─▶', '◀─ second', 'third ─▶']);
});

test('what programs print comes after the events of the moment, that of the server first, and before later ones', () => {
  const { draw, show, shown } = start();
  show('client', 'said', 1);
  show('server', 'heard', 1);
  draw('client', 'later', 150);
  draw('server', 'now', 5);
  expect(shown()).toEqual(['◀─ now', 'heard |', '| said', 'later ─▶']);
});

test('stable text waits for the end, or for the next title', () => {
  const { screen, draw, shown } = start();
  draw('client', 'first', 1);
  screen.title('next');
  draw('client', 'second', 2);
  const [first, title, lanes, second] = shown();
  expect([first, title, second]).toEqual(['first ─▶', 'next', 'second ─▶']);
  expect(lanes).toMatch(/^client +server$/);
});

test.each([
  ['localhost:40527', 'localhost:PORT'],
  ['timeStamp {1790179200, 123000000}', 'timeStamp {TIME}'],
  ['timeStamp {1790179200}', 'timeStamp {TIME}'],
  ['639258048001230000, aB3-_x9z.17', 'TICKS, POSITION'],
  ['94771234567', '94771234567'],
])('of %s, the stable text is %s', (text, stable) => {
  const { draw, shown } = start();
  draw('client', text, 1);
  expect(shown()).toEqual([`${stable} ─▶`]);
});
