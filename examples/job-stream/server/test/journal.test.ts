import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programCommand, skip, temporaryFolder } from '@grpc-by-example/testing';
import { startProgram } from '@grpc-by-example/testing/program-tests';
import { expect, onTestFinished, test } from 'vitest';
import { Journal } from '../src/journal/journal.ts';

const writerFile = join(import.meta.dirname, 'fixtures/journal-writer.ts');

const newFolder = () => join(temporaryFolder(), 'journal');
const bytes = (text: string) => Buffer.from(text);

async function read(values: AsyncIterable<Uint8Array>): Promise<string[]> {
  const texts: string[] = [];
  for await (const value of values) texts.push(Buffer.from(value).toString());
  return texts;
}

test('what is recorded is there when the journal is opened again', async () => {
  const folder = newFolder();
  const first = await Journal.open(folder, 'texts');
  expect([...first.done]).toEqual([]);
  await first.record('map-11', [bytes('p0'), bytes('')]);
  await first.record('reduce-2', [bytes('r1'), bytes('r2')]);
  await first.record('reduce-3', []);
  for (let opened = 1; ; opened++) {
    const journal = opened === 1 ? first : await Journal.open(folder, 'texts');
    expect(await read(journal.values('map-11'))).toEqual(['p0', '']);
    expect(String(await journal.value('map-11', 0))).toBe('p0');
    expect(await read(journal.values('reduce-2'))).toEqual(['r1', 'r2']);
    expect(await read(journal.values('reduce-3'))).toEqual([]);
    await journal.close();
    if (opened === 1) continue;
    expect(journal.done).toEqual(new Set(['map-11', 'reduce-2', 'reduce-3']));
    expect(journal.wasDamaged).toBe(false);
    break;
  }
});

test('of a job that is recorded twice, at the same time or later, the first record counts', async () => {
  const journal = await Journal.open(newFolder(), 'texts');
  onTestFinished(() => journal.close());
  await Promise.all([journal.record('map-1', [bytes('first')]), journal.record('map-1', [bytes('second, longer')])]);
  await journal.record('map-1', []);
  expect(await read(journal.values('map-1'))).toEqual(['first']);
});

test('a journal that is dropped leaves nothing, but what is not of it', async () => {
  for (const others of [[], ['photo.jpg']]) {
    const folder = newFolder();
    const journal = await Journal.open(folder, 'texts');
    await journal.record('map-1', [bytes('counts')]);
    for (const name of others) writeFileSync(join(folder, name), '');
    await journal.drop();
    expect(existsSync(folder) ? readdirSync(folder) : []).toEqual(others);
  }
});

test('a journal of other texts is refused, and left as it is; --fresh drops it', async () => {
  const folder = newFolder();
  const first = await Journal.open(folder, 'texts');
  await first.record('map-1', [bytes('counts')]);
  await first.close();
  await expect(Journal.open(folder, 'other texts')).rejects.toThrow(
    `${folder} belongs to an unfinished run over other texts; use another --output, or --fresh to discard that run`,
  );
  const again = await Journal.open(folder, 'texts');
  expect(again.done.size).toBe(1);
  await again.close();
  const fresh = await Journal.open(folder, 'other texts', { fresh: true });
  expect(fresh).toMatchObject({ done: { size: 0 }, wasDamaged: false });
  await expect(fresh.value('map-1', 0)).rejects.toThrow(`${folder} is damaged`);
  await fresh.close();
});

test('a journal of other texts in which nothing is done is taken over', async () => {
  const folder = newFolder();
  await (await Journal.open(folder, 'texts')).close();
  const second = await Journal.open(folder, 'other texts');
  await second.record('map-1', [bytes('counts')]);
  await second.close();
  await expect(Journal.open(folder, 'texts')).rejects.toThrow('unfinished run');
});

test('a journal has one master at a time; the other one is told, also with --fresh', async (context) => {
  if (!/linux|win32/.test(process.platform)) skip(context, 'there are no locks here');
  const folder = newFolder();
  const first = await Journal.open(folder, 'texts');
  await first.record('map-1', [bytes('counts')]);
  const told = `another job-server is writing to ${folder}; choose another --output`;
  await expect(Journal.open(folder, 'texts')).rejects.toThrow(told);
  await expect(Journal.open(folder, 'texts', { fresh: true })).rejects.toThrow(told);
  expect(await read(first.values('map-1'))).toEqual(['counts']);
  await first.close();
  // Those who were refused keep nothing of it.
  const next = await Journal.open(folder, 'texts');
  expect([...next.done]).toEqual(['map-1']);
  await next.close();
});

test('where there are no locks, two masters do no harm', async () => {
  const { platform } = process;
  Object.defineProperty(process, 'platform', { value: 'aix' });
  onTestFinished(() => void Object.defineProperty(process, 'platform', { value: platform }));
  const folder = newFolder();
  const [first, second] = [await Journal.open(folder, 'texts'), await Journal.open(folder, 'texts')];
  await Promise.all([first.record('map-1', [bytes('counts')]), second.record('map-1', [bytes('counts')])]);
  expect(await read(first.values('map-1'))).toEqual(['counts']);
  await second.drop();
  await expect(first.value('map-1', 0)).rejects.toThrow(`${folder} is damaged; run the same command again`);
  await first.close();
});

test('a journal where none can be is told', async () => {
  await expect(Journal.open('/dev/null/journal', 'texts')).rejects.toThrow(
    'cannot open the journal /dev/null/journal: ENOTDIR: not a directory',
  );
  const file = newFolder();
  writeFileSync(file, 'mine');
  await expect(Journal.open(file, 'texts', { fresh: true })).rejects.toThrow(
    `cannot open the journal ${file}: ENOTDIR`,
  );
  const folder = newFolder();
  mkdirSync(join(folder, 'map-1'), { recursive: true });
  await expect(Journal.open(folder, 'texts')).rejects.toThrow(`cannot open the journal ${folder}: EISDIR`);
});

test('a process that is killed leaves every job that it said is done, and no half of another', async () => {
  const folder = newFolder();
  for (let round = 1; round <= 2; round++) {
    const writer = startProgram(programCommand(writerFile, folder));
    await writer.prints(/(?:done map-\d+\n){40}/);
    writer.signal('SIGKILL');
    expect(await writer.ended).toBe('SIGKILL');
    const said = [...writer.stdout.matchAll(/^done (map-\d+)$/gm)].map(([, id]) => id);
    const journal = await Journal.open(folder, 'texts');
    expect(journal.wasDamaged).toBe(false);
    expect([...journal.done]).toEqual(expect.arrayContaining(said));
    for (const id of journal.done) expect((await read(journal.values(id))).length).toBe(2);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
    await journal.close();
  }
});
