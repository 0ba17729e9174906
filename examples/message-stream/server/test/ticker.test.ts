import { setTimeout as delay } from 'node:timers/promises';
import { openSocketsAndTimers, until } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { ticker } from '../src/ticker.ts';
import { NEVER } from './start.ts';

/** A ticker of numbers, how many it has made, and what stops it. */
function numbers(intervalMs: number) {
  let made = 0;
  const stop = new AbortController();
  const ticks = ticker(() => ++made, intervalMs, stop.signal)[Symbol.asyncIterator]();
  return { ticks, made: () => made, stop: () => stop.abort() };
}

test('the first tick comes at once', async () => {
  const { ticks, stop } = numbers(NEVER);
  expect(await ticks.next()).toEqual({ done: false, value: 1 });
  stop();
});

test('four ticks wait for the stream, and no fifth is made until one is taken', async () => {
  const { ticks, made, stop } = numbers(1);
  await ticks.next();
  for (let taken = 1; taken <= 3; taken++) {
    await until(() => made() === taken + 4);
    for (let turn = 0; turn < 50; turn++) await delay(1);
    expect(made()).toBe(taken + 4);
    expect(await ticks.next()).toEqual({ done: false, value: taken + 1 });
  }
  stop();
});

test('a ticker that is stopped gives what it has made, and ends', async () => {
  const { ticks, made, stop } = numbers(1);
  await ticks.next();
  await until(() => made() === 5);
  stop();
  for (let value = 2; value <= 5; value++) expect(await ticks.next()).toEqual({ done: false, value });
  expect(await ticks.next()).toEqual({ done: true, value: undefined });
  expect(made()).toBe(5);
});

test.each(['stopped', 'left'])('a ticker that is %s in the middle of its wait has no timer any more', async (how) => {
  const { ticks, stop } = numbers(NEVER);
  await ticks.next();
  const next = ticks.next();
  await until(() => openSocketsAndTimers().length === 1);
  if (how === 'left') void ticks.return?.();
  stop();
  expect(await next).toEqual({ done: true, value: undefined });
  expect(openSocketsAndTimers()).toEqual([]);
});

test('a ticker that is stopped before it starts makes nothing', async () => {
  const { ticks, made, stop } = numbers(1);
  stop();
  expect(await ticks.next()).toEqual({ done: true, value: undefined });
  expect(made()).toBe(0);
});
