import { WordCounts } from 'job-proto';
import { dropParts, writeWholeFile } from 'whole-file';
import type { Journal } from '../journal/journal.ts';
import { reduceId } from './plan.ts';
import { byCount, type CountedWord, countedWords } from './word-counts.ts';

export interface Summary {
  readonly top: readonly CountedWord[];
  /** How many words there are, and how many different ones. */
  readonly words: number;
  readonly different: number;
}

/**
 * Writes the whole result to a file, as lines of word, tab and count; the file appears only once it is complete.
 *
 * @throws UnwritableFile, UnusableJournal
 */
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
  await dropParts(path);
  await writeWholeFile(path, lines());
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
  for await (const bytes of journal.values(reduceId(partition))) {
    yield* countedWords(WordCounts.deserializeBinary(bytes));
  }
}
