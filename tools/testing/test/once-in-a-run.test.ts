import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { onceInARun } from '../src/once-in-a-run.ts';

test.concurrent('what many want at once is done once, and all have its result', async () => {
  let times = 0;
  const work = async () => {
    await delay(20);
    times += 1;
    return { times };
  };
  const name = `counting-${process.pid}`;
  const results = await Promise.all(Array.from({ length: 5 }, () => onceInARun(name, work)));
  expect([...results, await onceInARun(name, work)]).toEqual(Array(6).fill({ times: 1 }));
});

test.concurrent('what goes wrong is told to all', async () => {
  const wanting = Array.from({ length: 3 }, () =>
    onceInARun(`failing-${process.pid}`, () => Promise.reject(new Error('no luck'))),
  );
  const outcomes = await Promise.allSettled(wanting);
  expect(outcomes).toEqual(Array(3).fill({ status: 'rejected', reason: new Error('no luck') }));
});
