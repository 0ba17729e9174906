import { Job, type JobReply, MapJob, WordCounts } from 'job-proto';
import { expect, test } from 'vitest';
import { doJob } from '../src/do-job.ts';
import { checkLargeReduce, lists, MESSAGE_LIMIT, reduce } from './large-reduce.ts';

const map = (text: string, partitions: number) =>
  new Job().setMap(new MapJob().setText(Buffer.from(text)).setPartitions(partitions));

const countsOf = (counts?: WordCounts) =>
  Object.fromEntries(counts?.getWordsList().map((word, index) => [word, counts.getCountsList()[index]]) ?? []);
const partitionsOf = (reply?: JobReply) =>
  reply
    ?.getMap()
    ?.getPartitionsList_asU8()
    .map((bytes) => countsOf(WordCounts.deserializeBinary(bytes)));

test('a map counts the words of each partition, which the CRC-32 of the word tells', () => {
  // CRC-32 of "a" is e8b7be43, of "b" 71beeff9, of "é" (c3 a9) 0e048d3e.
  const [reply, ...others] = doJob([map('a b a é A', 4)]);
  expect(others).toEqual([]);
  expect(partitionsOf(reply)).toEqual([{}, { b: 1 }, { é: 1 }, { a: 3 }]);
});

test('a map of a text without words gives all partitions, empty', () => {
  expect(partitionsOf(doJob([map(' ', 3)])[0])).toEqual([{}, {}, {}]);
});

test('a reduce adds up the counts of all its messages', () => {
  const parts = [
    reduce(lists(['a', 'b'], [1, 2]), lists(['a'], [3])),
    reduce(),
    reduce(lists(['c', 'a'], [2 ** 40, 1])),
  ];
  const [reply, ...others] = doJob(parts);
  expect(others).toEqual([]);
  expect(countsOf(reply?.getReduce()?.getCounts())).toEqual({ a: 5, b: 2, c: 2 ** 40 });
  expect(doJob([reduce()])[0]?.hasReduce()).toBe(true);
});

test('a large result comes in several messages, each below the limit, and no more than the job had', () => {
  checkLargeReduce(40);
});

test('a result of the longest words comes in messages below the limit, too', () => {
  const words = ['a', 'b', 'c'].map((letter) => letter.repeat(2 * 2 ** 20));
  const replies = doJob(words.map((word) => reduce(lists([word, 'x'], [1, 1]))));
  expect(replies.length).toBe(3);
  for (const reply of replies) expect(reply.serializeBinary().length).toBeLessThan(MESSAGE_LIMIT);
});

test('the largest text of a map gives counts below the limit of a message, whatever its words are', () => {
  // Short words that are all different cost the most, and a character that is two in Normalization Form C.
  let text = '';
  for (let n = 0; text.length < 512 * 2 ** 10; n++) text += `${n.toString(36)} `;
  text += '\u0958'.repeat(2 ** 20 / 3);
  expect(doJob([map(text, 4)])[0]?.serializeBinary().length).toBeLessThan(MESSAGE_LIMIT);
});

test('a kind of work that came after this worker is refused', () => {
  expect(() => doJob([new Job().setId('sort-1')])).toThrow('this worker only does map and reduce jobs');
});
