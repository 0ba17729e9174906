import { join } from 'node:path';
import { Program } from 'testing';
import { expect, onTestFinished, test } from 'vitest';
import { Journal } from '../src/journal.ts';
import { newFolder } from './start.ts';

const bytes = (text: string) => Buffer.from(text);

async function read(chunks: AsyncIterable<Uint8Array>): Promise<string[]> {
  const texts: string[] = [];
  for await (const chunk of chunks) texts.push(Buffer.from(chunk).toString());
  return texts;
}

test('what is recorded is there when the journal is opened again', async () => {
  const folder = join(newFolder(), 'journal');
  const first = await Journal.open(folder, 'texts');
  expect([...first.done]).toEqual([]);
  await first.recordMap('map-11', 10, [bytes('m11 p0'), bytes('')]);
  await first.recordMap('map-2', 1, [bytes('m2 p0'), bytes('m2 p1')]);
  await first.recordReduce('reduce-2', 1, [bytes('r1'), bytes('r2')]);
  await first.close();

  const second = await Journal.open(folder, 'texts');
  onTestFinished(() => second.close());
  expect(second.done).toEqual(new Set(['map-11', 'map-2', 'reduce-2']));
  expect(await read(second.counts(0))).toEqual(['m2 p0', 'm11 p0']);
  expect(await read(second.counts(1))).toEqual(['m2 p1', '']);
  expect(await read(second.result(0))).toEqual([]);
  expect(await read(second.result(1))).toEqual(['r1', 'r2']);
});

test('a journal of other texts is refused, and left as it is; --fresh drops it', async () => {
  const folder = join(newFolder(), 'journal');
  const first = await Journal.open(folder, 'texts');
  await first.recordMap('map-1', 0, [bytes('counts')]);
  await first.close();
  await expect(Journal.open(folder, 'other texts')).rejects.toThrow(
    `${folder} belongs to an unfinished run over other texts; use another --output, or --fresh to drop that run`,
  );
  const again = await Journal.open(folder, 'texts');
  expect(again.done.size).toBe(1);
  await again.close();
  const fresh = await Journal.open(folder, 'other texts', { fresh: true });
  expect(fresh.done.size).toBe(0);
  expect(await read(fresh.counts(0))).toEqual([]);
  await fresh.close();
});

test('a journal of other texts in which nothing is done is taken over', async () => {
  const folder = join(newFolder(), 'journal');
  await (await Journal.open(folder, 'texts')).close();
  const second = await Journal.open(folder, 'other texts');
  await second.recordMap('map-1', 0, [bytes('counts')]);
  await second.close();
  await expect(Journal.open(folder, 'texts')).rejects.toThrow('unfinished run');
});

test('a journal has one master at a time; the other one is told', async () => {
  const folder = join(newFolder(), 'journal');
  const first = await Journal.open(folder, 'texts');
  const told = `another job-server writes to ${folder}; choose another --output`;
  await expect(Journal.open(folder, 'texts')).rejects.toThrow(told);
  await expect(Journal.open(folder, 'texts', { fresh: true })).rejects.toThrow(told);
  await first.recordMap('map-1', 0, [bytes('counts')]);
  await first.close();
});

test('a journal where none can be is told', async () => {
  await expect(Journal.open('/dev/null/journal', 'texts')).rejects.toThrow(/^cannot open the journal \/dev\/null/);
});

test('a process that is killed leaves every job that it said is done, and no half of another', async () => {
  const folder = join(newFolder(), 'journal');
  for (let round = 1; round <= 3; round++) {
    const writer = new Program(['node', '--import', 'tsx', 'test/fixtures/journal-writer.ts', folder]);
    onTestFinished(() => writer[Symbol.asyncDispose]());
    await writer.prints(new RegExp(`done map-${round * 40}\n`));
    writer.signal('SIGKILL');
    expect(await writer.ended).toBe('SIGKILL');
    const said = [...writer.stdout.matchAll(/^done (map-\d+)$/gm)].map(([, id]) => id);
    const journal = await Journal.open(folder, 'texts');
    expect([...journal.done]).toEqual(expect.arrayContaining(said));
    for (const partition of [0, 1]) expect((await read(journal.counts(partition))).length).toBe(journal.done.size);
    await journal.close();
  }
}, 30_000);
