import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { countIndependently } from '../proto/test/count-independently.mts';
import { countsIn, newOutput, server, startWorker } from './start.ts';

/** Counts the words of a text with a master and a worker. */
async function count(text: string): Promise<Record<string, number>> {
  const output = newOutput();
  const path = join(dirname(output), 'text.txt');
  writeFileSync(path, text);
  const { server: master, port } = await server.startOnFreePort('--output', output, path);
  const worker = startWorker(port);
  expect([await master.ended, await worker.ended]).toEqual([0, 0]);
  return countsIn(output);
}

test.concurrent('a word is one row, however its accents are written', async () => {
  const word = 'caf\u00e9';
  const text = `${word} ${word.normalize('NFD')} ${word.toUpperCase().normalize('NFD')} `;
  expect(await count(text.repeat(1_000))).toEqual({ [word]: 3_000 });
});

test.concurrent('a text of Chinese without white space is counted, and one word of 300 KiB too', async () => {
  const sentence = '我們在這裡數字詞，一個一個地數。';
  const text = `${sentence.repeat(8_000)}${'語'.repeat(100 * 1_024)}`;
  expect(await count(text)).toEqual(countIndependently(text));
});
