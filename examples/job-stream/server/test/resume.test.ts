import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { countIndependently } from '../../proto/test/count-independently.mts';
import { filesOf } from './files.ts';
import { countsIn, serve, workHonestly } from './start.ts';

const TEXT = 'Nothing that is finished is done twice, and nothing that was finished is lost. '.repeat(200);

test('a master that was stopped goes on with what was finished, until the result is there', async () => {
  const files = filesOf(TEXT);
  const output = join(temporaryFolder(), 'counts.tsv');
  const done: string[] = [];
  let total = 0;
  // Stopped among the maps, between the last map and the first reduce, and among the reduces.
  for (const jobs of [5, 11, 2]) {
    const master = await serve(files, { output, graceMs: 500 });
    total = master.plan.splits.length + master.plan.partitions;
    const session = master.connect().open();
    done.push(...(await workHonestly(session, { jobs })));
    // The next job says that the last one was recorded.
    await session.received(jobs + 1);
    await master.stop();
    expect(existsSync(output)).toBe(false);
  }
  const master = await serve(files, { output });
  expect(master.log).toEqual([]);
  const working = workHonestly(master.connect().open());
  await master.run.summary;
  await master.run.dismissWorkers();
  done.push(...(await working));

  expect(master.log[0]).toBe('resuming an interrupted run; 18 jobs are done');
  expect(done.length).toBe(total);
  expect(new Set(done).size).toBe(total);
  expect(countsIn(output)).toEqual(countIndependently(TEXT));
});

test('when the result is there the journal is gone, and the next run begins anew', async () => {
  const files = filesOf('one two two');
  const output = join(temporaryFolder(), 'counts.tsv');
  for (let run = 1; run <= 2; run++) {
    const master = await serve(files, { output });
    const working = workHonestly(master.connect().open());
    expect(await master.run.summary).toMatchObject({ words: 3, different: 2 });
    expect(existsSync(`${output}.journal`)).toBe(false);
    await master.run.dismissWorkers();
    expect((await working).length).toBe(5);
    expect(countsIn(output)).toEqual({ one: 1, two: 2 });
  }
});

test('a run that was stopped between its last job and its result needs no worker', async () => {
  const files = filesOf('one two two');
  const output = join(temporaryFolder(), 'counts.tsv');
  // The result cannot be written where a folder is.
  mkdirSync(output);
  const first = await serve(files, { output });
  void workHonestly(first.connect().open()).catch(() => {});
  await expect(first.run.summary).rejects.toThrow(`${output} is a folder, not a file`);
  await first.stop();
  rmdirSync(output);
  const second = await serve(files, { output });
  expect(await second.run.summary).toMatchObject({ words: 3, different: 2 });
  expect(countsIn(output)).toEqual({ one: 1, two: 2 });
});
