import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { Journal } from '../src/journal/journal.ts';

const JOBS = ['map-1', 'map-2', 'map-3', 'reduce-1'];

const valuesOf = (id: string) => [`${id} one`, '', `${id} two`.repeat(9)].map((text) => Buffer.from(text));

/** A journal in which all is done. */
async function wholeJournal(): Promise<string> {
  const folder = join(temporaryFolder(), 'journal');
  const journal = await Journal.open(folder, 'texts');
  for (const id of JOBS) await journal.record(id, valuesOf(id));
  await journal.close();
  return folder;
}

/** Does what is not done, and finds everything; gives which jobs were done, and whether something was said. */
async function mend(folder: string): Promise<{ done: string[]; wasDamaged: boolean }> {
  const damaged = await Journal.open(folder, 'texts');
  for (const id of JOBS) if (!damaged.done.has(id)) await damaged.record(id, valuesOf(id));
  await damaged.close();
  const journal = await Journal.open(folder, 'texts');
  expect(journal).toMatchObject({ done: { size: JOBS.length }, wasDamaged: false });
  for (const id of JOBS) {
    const values: Uint8Array[] = [];
    for await (const value of journal.values(id)) values.push(value);
    expect(values.map(String)).toEqual(valuesOf(id).map(String));
  }
  await journal.close();
  return { done: [...damaged.done].sort(), wasDamaged: damaged.wasDamaged };
}

/** A copy of the journal in which a file is changed. */
function changed(whole: string, name: string, change: (bytes: Buffer) => Uint8Array): string {
  const folder = join(temporaryFolder(), 'journal');
  cpSync(whole, folder, { recursive: true });
  writeFileSync(join(folder, name), change(readFileSync(join(whole, name))));
  return folder;
}

const but = (id: string) => JOBS.filter((other) => other !== id);

test('a bit that is flipped anywhere costs that job, and is said', async () => {
  const whole = await wholeJournal();
  const { size } = statSync(join(whole, 'map-2'));
  for (let at = 0; at < size; at += 3) {
    const folder = changed(whole, 'map-2', (bytes) => {
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      return bytes;
    });
    expect(await mend(folder), `byte ${at}`).toEqual({ done: but('map-2'), wasDamaged: true });
  }
});

test('a file that is cut off anywhere, or goes on, costs that job, and is said', async () => {
  const whole = await wholeJournal();
  const { size } = statSync(join(whole, 'reduce-1'));
  for (let length = 0; length < size; length += 9) {
    const folder = changed(whole, 'reduce-1', (bytes) => bytes.subarray(0, length));
    expect(await mend(folder), `${length} bytes`).toEqual({ done: but('reduce-1'), wasDamaged: true });
  }
  const longer = changed(whole, 'reduce-1', (bytes) => Buffer.concat([bytes, Buffer.alloc(1)]));
  expect(await mend(longer)).toEqual({ done: but('reduce-1'), wasDamaged: true });
});

test.each<[string, (folder: string) => void, { done: string[]; wasDamaged: boolean }]>([
  ['a job that is gone', (folder) => rmSync(join(folder, 'map-1')), { done: but('map-1'), wasDamaged: false }],
  [
    'a job in the place of another',
    (folder) => renameSync(join(folder, 'map-1'), join(folder, 'map-3')),
    { done: ['map-2', 'reduce-1'], wasDamaged: true },
  ],
  ['no word of which run it is', (folder) => rmSync(join(folder, 'run')), { done: JOBS, wasDamaged: false }],
  ['a run that is damaged', (folder) => writeFileSync(join(folder, 'run'), 'x'), { done: JOBS, wasDamaged: false }],
  [
    'files of which none is what it was',
    (folder) => {
      for (const name of readdirSync(folder)) writeFileSync(join(folder, name), 'nonsense '.repeat(99));
    },
    { done: [], wasDamaged: true },
  ],
])('a journal with %s is used, as far as it fits', async (_, change, found) => {
  const folder = await wholeJournal();
  change(folder);
  expect(await mend(folder)).toEqual(found);
});

test('the jobs of another run do not fit, also where nothing says that it was another one', async () => {
  const folder = await wholeJournal();
  rmSync(join(folder, 'run'));
  const journal = await Journal.open(folder, 'other texts');
  expect(journal).toMatchObject({ done: { size: 0 }, wasDamaged: true });
  await journal.close();
});

test('what is found to be damaged when it is read says what to do', async () => {
  const folder = await wholeJournal();
  const journal = await Journal.open(folder, 'texts');
  const words = `${folder} is damaged; run the same command again, and what is lost is done again`;
  const path = join(folder, 'map-1');
  for (const change of [
    () => writeFileSync(path, readFileSync(path).fill('x', 200)),
    () => writeFileSync(path, ''),
    () => rmSync(path),
  ]) {
    change();
    await expect(journal.value('map-1', 2)).rejects.toThrow(words);
  }
  await expect(journal.value('map-4', 0)).rejects.toThrow(words);
  await expect(journal.values('reduce-2').next()).rejects.toThrow(words);
  await journal.drop();
  expect(existsSync(folder)).toBe(false);
});
