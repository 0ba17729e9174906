import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { programCommand, temporaryFolder } from 'testing';
import { startProgram } from 'testing/program-tests';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Journal } from '../src/journal.ts';

const writerFile = join(import.meta.dirname, 'fixtures/journal-writer.ts');

const bytes = (text: string) => Buffer.from(text);

async function read(chunks: AsyncIterable<Uint8Array>): Promise<string[]> {
  const texts: string[] = [];
  for await (const chunk of chunks) texts.push(Buffer.from(chunk).toString());
  return texts;
}

test('what is recorded is there when the journal is opened again', async () => {
  const folder = join(temporaryFolder(), 'journal');
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
  const folder = join(temporaryFolder(), 'journal');
  const first = await Journal.open(folder, 'texts');
  await first.recordMap('map-1', 0, [bytes('counts')]);
  await first.close();
  await expect(Journal.open(folder, 'other texts')).rejects.toThrow(
    `${folder} belongs to an unfinished run over other texts; use another --output, or --fresh to discard that run`,
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
  const folder = join(temporaryFolder(), 'journal');
  await (await Journal.open(folder, 'texts')).close();
  const second = await Journal.open(folder, 'other texts');
  await second.recordMap('map-1', 0, [bytes('counts')]);
  await second.close();
  await expect(Journal.open(folder, 'texts')).rejects.toThrow('unfinished run');
});

test('a journal has one master at a time; the other one is told', async () => {
  const folder = join(temporaryFolder(), 'journal');
  const first = await Journal.open(folder, 'texts');
  const told = `another job-server is writing to ${folder}; choose another --output`;
  await expect(Journal.open(folder, 'texts')).rejects.toThrow(told);
  await expect(Journal.open(folder, 'texts', { fresh: true })).rejects.toThrow(told);
  await first.recordMap('map-1', 0, [bytes('counts')]);
  await first.close();
  // Those who were refused keep nothing of it.
  const next = await Journal.open(folder, 'texts');
  expect([...next.done]).toEqual(['map-1']);
  await next.close();
});

test('with --fresh a journal is opened when the old one is gone, and not at all when that is in use', async () => {
  const events: string[] = [];
  const { open } = ClassicLevel.prototype;
  const opening = vi.spyOn(ClassicLevel.prototype, 'open').mockImplementation(function (this: ClassicLevel, ...args) {
    events.push('open');
    return open.apply(this, args);
  });
  const { destroy } = ClassicLevel;
  const dropping = vi.spyOn(ClassicLevel, 'destroy').mockImplementation(async (folder) => {
    events.push('drop');
    await destroy(folder).finally(() => events.push('drop is over'));
  });
  onTestFinished(() => {
    opening.mockRestore();
    dropping.mockRestore();
  });
  const folder = join(temporaryFolder(), 'journal');
  const journal = await Journal.open(folder, 'texts', { fresh: true });
  onTestFinished(() => journal.close());
  await expect(Journal.open(folder, 'texts', { fresh: true })).rejects.toThrow('another job-server');
  expect(events).toEqual(['drop', 'drop is over', 'open', 'drop', 'drop is over']);
});

test('a journal where none can be is told', async () => {
  await expect(Journal.open('/dev/null/journal', 'texts')).rejects.toThrow(/^cannot open the journal \/dev\/null/);
});

test('a process that is killed leaves every job that it said is done, and no half of another', async () => {
  const folder = join(temporaryFolder(), 'journal');
  for (let round = 1; round <= 2; round++) {
    const writer = startProgram(programCommand(writerFile, folder));
    await writer.prints(/(?:done map-\d+\n){40}/);
    writer.signal('SIGKILL');
    expect(await writer.ended).toBe('SIGKILL');
    const said = [...writer.stdout.matchAll(/^done (map-\d+)$/gm)].map(([, id]) => id);
    const journal = await Journal.open(folder, 'texts');
    expect([...journal.done]).toEqual(expect.arrayContaining(said));
    for (const partition of [0, 1]) expect((await read(journal.counts(partition))).length).toBe(journal.done.size);
    await journal.close();
  }
});
