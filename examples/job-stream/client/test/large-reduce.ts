import { Job, ReduceJob, WordCounts } from 'job-proto';
import { expect } from 'vitest';
import { doJob } from '../src/do-job.ts';

export const MESSAGE_LIMIT = 4 * 2 ** 20;

export const lists = (words: string[], counts: number[]) => new WordCounts().setWordsList(words).setCountsList(counts);
export const reduce = (...counts: WordCounts[]) =>
  new Job().setReduce(new ReduceJob().setCountsList(counts.map((each) => each.serializeBinary())));

/** Does a reduce job of 5 MiB whose words have this length, all different, and checks the messages of its result. */
export function checkLargeReduce(length: number): void {
  const parts: Job[] = [];
  let bytes = 0;
  for (let first = 0; bytes < 5 * 2 ** 20; first += 1_000) {
    const words = Array.from({ length: 1_000 }, (_, n) => (first + n).toString(36).padStart(length, '語'));
    const part = reduce(
      lists(
        words,
        words.map(() => 1),
      ),
    );
    bytes += part.serializeBinary().length;
    // About a message for each MiB, as the master sends them.
    if (bytes / 2 ** 20 > parts.length) parts.push(part);
    else
      parts
        .at(-1)
        ?.getReduce()
        ?.addCounts(part.getReduce()?.getCountsList_asU8()[0] ?? '');
  }
  const replies = doJob(parts);
  expect(replies.length).toBeGreaterThan(1);
  expect(replies.length).toBeLessThanOrEqual(parts.length);
  for (const reply of replies) expect(reply.serializeBinary().length).toBeLessThan(MESSAGE_LIMIT);
  const words = replies.flatMap((reply) => reply.getReduce()?.getCounts()?.getWordsList() ?? []);
  expect(new Set(words).size).toBe(words.length);
}
