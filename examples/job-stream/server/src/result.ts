import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { WordCounts } from 'job-proto';
import type { Journal } from './journal.ts';

export interface CountedWord {
  readonly word: string;
  readonly count: number;
}

export interface Summary {
  readonly top: readonly CountedWord[];
  /** How many words there are, and how many different ones. */
  readonly words: number;
  readonly different: number;
}

/** The most frequent first; equally frequent words in the order of their characters. */
export function byCount(a: CountedWord, b: CountedWord): number {
  return b.count - a.count || (a.word < b.word ? -1 : 1);
}

/** Writes the whole result to a file, as lines of word, tab and count; the file appears only once it is complete. */
export async function writeResult(journal: Journal, partitions: number, path: string, topSize = 10): Promise<Summary> {
  const top: CountedWord[] = [];
  let words = 0;
  let different = 0;
  async function* lines(): AsyncGenerator<string> {
    for await (const next of mergedResult(journal, partitions)) {
      if (top.length < topSize) top.push(next);
      words += next.count;
      different += 1;
      yield `${next.word}\t${next.count}\n`;
    }
  }
  const unfinished = `${path}.part`;
  await pipeline(lines, createWriteStream(unfinished, { flush: true }));
  await rename(unfinished, path);
  return { top, words, different };
}

/** The words of all partitions, sorted, with only a part of each partition in memory. */
async function* mergedResult(journal: Journal, partitions: number): AsyncGenerator<CountedWord> {
  const heads: { value: CountedWord; rest: AsyncIterator<CountedWord> }[] = [];
  for (let partition = 0; partition < partitions; partition++) {
    const rest = partitionResult(journal, partition);
    const { value, done } = await rest.next();
    if (!done) heads.push({ value, rest });
  }
  while (heads.length > 0) {
    let least = 0;
    for (let index = 1; index < heads.length; index++) {
      const [head, first] = [heads[index], heads[least]];
      if (head && first && byCount(head.value, first.value) < 0) least = index;
    }
    const first = heads[least];
    if (!first) return;
    yield first.value;
    const { value, done } = await first.rest.next();
    if (done) heads.splice(least, 1);
    else first.value = value;
  }
}

async function* partitionResult(journal: Journal, partition: number): AsyncGenerator<CountedWord> {
  for await (const bytes of journal.result(partition)) {
    const part = WordCounts.deserializeBinary(bytes);
    const counts = part.getCountsList();
    for (const [index, word] of part.getWordsList().entries()) yield { word, count: counts[index] ?? 0 };
  }
}
