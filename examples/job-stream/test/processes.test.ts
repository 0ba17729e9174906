import { setTimeout as delay } from 'node:timers/promises';
import { type Program, until } from 'testing';
import { expect, test, vi } from 'vitest';
import { countIndependently, linesIn, newOutput, startMaster, startWorker } from './start.ts';

vi.setConfig({ testTimeout: 120_000 });

const jobsOf = ({ stdout }: Program) => [...stdout.matchAll(/^did (\S+)$/gm)].map(([, id]) => id ?? '');

test('a master and three workers, one of them killed in the middle: the counts are right', async () => {
  const output = newOutput();
  const { master, port } = await startMaster('--port', '0', '--output', output);
  const workers = [1, 2, 3].map(() => startWorker(port, '--delay', '150'));
  const [killed] = workers as [Program];
  await killed.prints(/did map-\d+\n[\s\S]*did map-\d+\n/);
  killed.signal('SIGKILL');
  expect(await killed.ended).toBe('SIGKILL');
  expect(master.stdout).not.toContain('all counts are in');

  expect(await master.ended).toBe(0);
  for (const worker of workers.slice(1)) {
    expect(await worker.ended).toBe(0);
    expect(worker.stdout).toMatch(/\nshut down after \d+ jobs\n$/);
  }
  expect(master.stdout).toMatch(/^worker \d is lost; another worker gets (map|reduce)-\d+$/m);
  expect(linesIn(output)).toEqual(countIndependently());
});

test('a master that is killed and started again goes on, with the workers that were there', async () => {
  const output = newOutput();
  const first = await startMaster('--port', '0', '--output', output);
  const worker = startWorker(first.port, '--delay', '50');
  await worker.prints(/did map-5\n/);
  first.master.signal('SIGKILL');
  expect(await first.master.ended).toBe('SIGKILL');
  await worker.prints(/the master is away/);
  const before = jobsOf(worker);

  const { master } = await startMaster('--port', first.port, '--output', output);
  expect(await master.ended).toBe(0);
  expect(await worker.ended).toBe(0);
  const [, finished] = master.stdout.match(/^going on with a run that was interrupted; (\d+) jobs are done$/m) ?? [];
  const [, maps, reduces] = master.stdout.match(/: (\d+) map jobs, (\d+) reduce jobs$/m) ?? [];
  const after = jobsOf(worker).slice(before.length);
  // What the master had not recorded when it was killed is done again, and nothing else.
  expect(after.length).toBe(Number(maps) + Number(reduces) - Number(finished));
  expect(Number(finished)).toBeGreaterThanOrEqual(4);
  expect(after.filter((id) => before.slice(0, Number(finished)).includes(id))).toEqual([]);
  expect(linesIn(output)).toEqual(countIndependently());
});

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

test(`workers that are killed, frozen, stopped and started at random do not change the counts (SEED=${seed})`, async () => {
  console.log(`SEED=${seed} repeats the decisions of this test`);
  let state = seed;
  const random = (below: number) => {
    state = Math.imul(state, 48_271) & 0x7fffffff || 1;
    return state % below;
  };
  const output = newOutput();
  const { master, port } = await startMaster('--port', '0', '--output', output, '--job-limit', '1', '--grace', '1');
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
  await until(() => over);
  expect(linesIn(output)).toEqual(countIndependently());
});
