import { crc32 } from 'node:zlib';
import { type Job, JobReply, MapResult, ReduceResult, WordCounts } from 'job-proto';
import { countWords } from './count-words.ts';

/** A message of a reply has about this many bytes at most; the limit is 4 MiB. */
const REPLY_BYTES = 3 * 2 ** 20;

/**
 * Does a job.
 *
 * @param parts its messages
 * @returns the messages of the reply, without the name of the job
 */
export function doJob(parts: readonly Job[]): JobReply[] {
  const counts = new Map<string, number>();
  let partitions = 0;
  for (const part of parts) {
    const map = part.getMap();
    const reduce = part.getReduce();
    if (map) {
      partitions = map.getPartitions();
      countWords(new TextDecoder().decode(map.getText_asU8()), counts);
    } else if (reduce) {
      for (const bytes of reduce.getCountsList_asU8()) addUp(WordCounts.deserializeBinary(bytes), counts);
    } else {
      throw new Error('this worker only does map and reduce jobs');
    }
  }
  return parts[0]?.hasMap() ? [mapReply(counts, partitions)] : reduceReplies(counts);
}

function addUp(wordCounts: WordCounts, counts: Map<string, number>): void {
  const numbers = wordCounts.getCountsList();
  for (const [index, word] of wordCounts.getWordsList().entries()) {
    counts.set(word, (counts.get(word) ?? 0) + (numbers[index] ?? 0));
  }
}

function mapReply(counts: Map<string, number>, partitions: number): JobReply {
  const lists = Array.from({ length: partitions }, () => new WordCountLists());
  for (const [word, count] of counts) lists[crc32(word) % partitions]?.push(word, count);
  const serialised = lists.map((list) => list.toMessage().serializeBinary());
  return new JobReply().setMap(new MapResult().setPartitionsList(serialised));
}

function reduceReplies(counts: Map<string, number>): JobReply[] {
  const replies: JobReply[] = [];
  let lists = new WordCountLists();
  const flush = () => {
    replies.push(new JobReply().setReduce(new ReduceResult().setCounts(lists.toMessage())));
    lists = new WordCountLists();
  };
  for (const [word, count] of counts) {
    if (lists.bytes > 0 && lists.bytes + bytesOf(word, count) > REPLY_BYTES) flush();
    lists.push(word, count);
  }
  if (lists.bytes > 0 || replies.length === 0) flush();
  return replies;
}

/** What a word and its count take in a message: a tag, the length of the word, the word, and the count. */
function bytesOf(word: string, count: number): number {
  const letters = Buffer.byteLength(word);
  return 1 + varintBytes(letters) + letters + varintBytes(count);
}

/** What protobuf takes for a number: a byte for every 7 bits. */
const varintBytes = (value: number) => Math.ceil(Math.log2(value + 1) / 7);

class WordCountLists {
  readonly words: string[] = [];
  readonly counts: number[] = [];
  bytes = 0;

  push(word: string, count: number): void {
    this.words.push(word);
    this.counts.push(count);
    this.bytes += bytesOf(word, count);
  }

  toMessage(): WordCounts {
    return new WordCounts().setWordsList(this.words).setCountsList(this.counts);
  }
}
