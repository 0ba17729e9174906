import { setTimeout as delay } from 'node:timers/promises';
import type { Program } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { countsIn, expectedCounts, newOutput, startMaster, startWorker } from './start.ts';

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

test(`workers that are killed, frozen, stopped and started at random do not change the counts (SEED=${seed} repeats the decisions)`, async () => {
  let state = seed;
  const random = (below: number) => {
    state = Math.imul(state, 48_271) & 0x7fffffff || 1;
    return state % below;
  };
  const output = newOutput();
  const { master, port } = await startMaster('--output', output, '--job-limit', '1', '--grace', '1');
  const workers = [1, 2, 3].map(() => startWorker(port, '--delay', '100'));
  let over = false;
  void master.ended.then(() => {
    over = true;
  });
  for (let troubles = 0; troubles < 8 && !over; troubles++) {
    await delay(random(400));
    const victim = workers[random(workers.length)];
    const signal = (['SIGKILL', 'SIGSTOP', 'SIGINT'] as const)[random(3)];
    victim?.signal(signal ?? 'SIGKILL');
    workers[workers.indexOf(victim as Program)] = startWorker(port, '--delay', '100');
  }
  expect(await master.ended).toBe(0);
  expect(countsIn(output)).toEqual(expectedCounts());
});
