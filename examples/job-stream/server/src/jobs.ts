import { open } from 'node:fs/promises';
import { status } from '@grpc/grpc-js';
import { statusError } from 'grpc-streams';
import { Job, type JobReply, MapJob, ReduceJob, WordCounts } from 'job-proto';
import type { Journal } from './journal.ts';
import { digestOf, type Plan, type Split } from './plan.ts';
import { byCount, type CountedWord } from './result.ts';
import type { Assignment } from './scheduler.ts';

/** About this many bytes go into one message; the limit is 4 MiB. */
const MESSAGE_BYTES = 2 ** 20;

/** A reply that does not fit its job is the fault of the worker. */
const wrong = (details: string) => statusError(status.INVALID_ARGUMENT, details);

type Work = { readonly split: Split; readonly number: number } | { readonly partition: number };

/** The content of the jobs of a word count: makes their messages, and records what comes back. */
export class WordCountJobs {
  /** The ids; every map is done before the first reduce begins. */
  readonly phases: readonly (readonly string[])[];
  readonly #work = new Map<string, Work>();
  readonly #partitions: number;
  readonly #journal: Journal;

  constructor({ splits, partitions }: Plan, journal: Journal) {
    for (const [number, split] of splits.entries()) this.#work.set(`map-${number + 1}`, { split, number });
    for (let partition = 0; partition < partitions; partition++) {
      this.#work.set(`reduce-${partition + 1}`, { partition });
    }
    const ids = [...this.#work.keys()];
    this.phases = [ids.slice(0, splits.length), ids.slice(splits.length)];
    this.#partitions = partitions;
    this.#journal = journal;
  }

  isDone(id: string): boolean {
    return this.#journal.done.has(id);
  }

  /** The messages of a job. Throws when the text cannot be read, or is not what it was. */
  async *messages({ id, attempt }: Assignment): AsyncGenerator<Job> {
    const work = this.#work.get(id);
    if (!work) throw new Error(`there is no job ${id}`);
    const job = () => new Job().setId(id).setAttempt(attempt);
    if ('split' in work) {
      yield job().setMap(new MapJob().setText(await readSplit(work.split)).setPartitions(this.#partitions));
      return;
    }
    let counts: Uint8Array[] = [];
    let bytes = 0;
    for await (const next of this.#journal.counts(work.partition)) {
      if (bytes > 0 && bytes + next.length > MESSAGE_BYTES) {
        yield job().setMore(true).setReduce(new ReduceJob().setCountsList(counts));
        counts = [];
        bytes = 0;
      }
      counts.push(next);
      bytes += next.length;
    }
    yield job().setReduce(new ReduceJob().setCountsList(counts));
  }

  /**
   * Records what a worker replied, which makes the job done.
   *
   * @throws INVALID_ARGUMENT when the reply does not fit the job
   */
  async record(id: string, replies: readonly JobReply[]): Promise<void> {
    const work = this.#work.get(id);
    if (!work) throw new Error(`there is no job ${id}`);
    if ('split' in work) {
      const partitions = replies.flatMap((reply) => orWrong(id, reply.getMap()).getPartitionsList_asU8());
      if (partitions.length !== this.#partitions) {
        throw wrong(`the reply to ${id} has ${partitions.length} partitions, not ${this.#partitions}`);
      }
      // Only checked: they go to the reduce jobs as they are.
      for (const bytes of partitions) readCounts(id, parsed(id, bytes));
      await this.#journal.recordMap(id, work.number, partitions);
    } else {
      const words = replies.flatMap((reply) => readCounts(id, orWrong(id, reply.getReduce()).getCounts()));
      const different = new Set(words.map(({ word }) => word));
      if (different.size < words.length || [...different].some((word) => !/^\S+$/.test(word))) {
        throw wrong(`the reply to ${id} does not list each word once`);
      }
      await this.#journal.recordReduce(id, work.partition, serialised(words.sort(byCount)));
    }
  }
}

async function readSplit({ path, start, length, digest }: Split): Promise<Uint8Array> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, start);
  if (bytesRead !== length || digestOf(buffer) !== digest) throw new Error(`${path} has changed since the run began`);
  return buffer;
}

function orWrong<Result>(id: string, result: Result | undefined): Result {
  if (!result) throw wrong(`the reply to ${id} contains no result for a job of its kind`);
  return result;
}

function readCounts(id: string, message: WordCounts | undefined): CountedWord[] {
  const words = message?.getWordsList() ?? [];
  const counts = message?.getCountsList() ?? [];
  if (words.length !== counts.length || !counts.every((count) => count > 0 && Number.isSafeInteger(count))) {
    throw wrong(`the reply to ${id} does not give a count for each word`);
  }
  return words.map((word, index) => ({ word, count: counts[index] ?? 0 }));
}

function parsed(id: string, bytes: Uint8Array): WordCounts {
  try {
    return WordCounts.deserializeBinary(bytes);
  } catch {
    throw wrong(`the reply to ${id} contains something that is not a WordCounts`);
  }
}

/** In parts, so that the result is never read all at once. */
function serialised(words: readonly CountedWord[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let start = 0; start < words.length; start += 10_000) {
    const part = words.slice(start, start + 10_000);
    const message = new WordCounts()
      .setWordsList(part.map(({ word }) => word))
      .setCountsList(part.map(({ count }) => count));
    parts.push(message.serializeBinary());
  }
  return parts;
}
