import { programCommand } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { pasteIntoRoom } from './paste-into-room.ts';

const CALLERS = 200;
const LINES = 10_000;

test('a room of many callers, a quarter of whom stop reading: all others have everything, in constant memory', async () => {
  const { orders, memory } = await pasteIntoRoom(programCommand, { callers: CALLERS, lines: LINES, stalls: true });
  expect(orders).toBe(1);
  if (process.platform !== 'linux') return; // only Linux tells
  const { before, peaks } = memory;
  // What waits for each caller is 128 small messages, some hundred bytes each.
  expect(peaks[0] - before).toBeLessThan(200);
  expect(peaks[1] - peaks[0]).toBeLessThan(50);
});
