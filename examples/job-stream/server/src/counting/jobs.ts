import { Job, type JobReply, MapJob, ReduceJob, WordCounts } from 'job-proto';
import type { Journal } from '../journal/journal.ts';
import type { Assignment } from '../scheduling/scheduler.ts';
import { mapId, type Plan, reduceId } from './plan.ts';
import { Sum } from './sum.ts';
import { readSplit, type Split } from './text-file.ts';
import { byCount, checkCounts, countedWords, parseCounts, serialiseCounts, wrong } from './word-counts.ts';

/** About this many bytes go into one message; the limit is 4 MiB. */
const MESSAGE_BYTES = 2 ** 20;

type Work = { readonly split: Split } | { readonly partition: number };

/** The content of the jobs of a word count: makes their messages, and records what comes back. */
export class WordCountJobs {
  /** The ids; every map is done before the first reduce begins. */
  readonly phases: readonly (readonly string[])[];
  readonly #work = new Map<string, Work>();
  readonly #splits: number;
  readonly #partitions: number;
  readonly #journal: Journal;
  /** What the reduce jobs that were sent must give. */
  readonly #sums = new Map<string, Sum>();

  constructor({ splits, partitions }: Plan, journal: Journal) {
    for (const [number, split] of splits.entries()) this.#work.set(mapId(number), { split });
    for (let partition = 0; partition < partitions; partition++) this.#work.set(reduceId(partition), { partition });
    const ids = [...this.#work.keys()];
    this.phases = [ids.slice(0, splits.length), ids.slice(splits.length)];
    this.#splits = splits.length;
    this.#partitions = partitions;
    this.#journal = journal;
  }

  isDone(id: string): boolean {
    return this.#journal.done.has(id);
  }

  /** The messages of a job. Throws when the text cannot be read, or is not what it was. */
  async *messages({ id, attempt }: Assignment): AsyncGenerator<Job> {
    const work = this.#workOf(id);
    const job = () => new Job().setId(id).setAttempt(attempt);
    if ('split' in work) {
      yield job().setMap(new MapJob().setText(await readSplit(work.split)).setPartitions(this.#partitions));
      return;
    }
    const total = new Sum();
    let batch: Uint8Array[] = [];
    let bytes = 0;
    for (let split = 0; split < this.#splits; split++) {
      const { sum, counts } = Sum.split(await this.#journal.value(mapId(split), work.partition));
      total.addSum(sum);
      if (bytes > 0 && bytes + counts.length > MESSAGE_BYTES) {
        yield job().setMore(true).setReduce(new ReduceJob().setCountsList(batch));
        batch = [];
        bytes = 0;
      }
      batch.push(counts);
      bytes += counts.length;
    }
    this.#sums.set(id, total);
    yield job().setReduce(new ReduceJob().setCountsList(batch));
  }

  /**
   * Records what a worker replied, which makes the job done.
   *
   * @throws INVALID_ARGUMENT when the reply does not fit the job
   */
  async record(id: string, replies: readonly JobReply[]): Promise<void> {
    const work = this.#workOf(id);
    if ('split' in work) await this.#recordMap(id, work.split, replies);
    else await this.#recordReduce(id, work.partition, replies);
  }

  async #recordMap(id: string, { length }: Split, replies: readonly JobReply[]): Promise<void> {
    const partitions = this.#partitions;
    const lists = replies.flatMap((reply) => orWrong(id, reply.getMap()).getPartitionsList_asU8());
    if (lists.length !== partitions) {
      throw wrong(`the reply to ${id} has ${lists.length} partitions, not ${partitions}`);
    }
    const total = new Sum();
    const stored = lists.map((counts, partition) => {
      const sum = checkCounts(parseCounts(id, counts), { id, partition, partitions });
      total.addSum(sum);
      return sum.inFrontOf(counts);
    });
    // Between two words there is at least one byte.
    if (total.words > (length + 1) / 2) {
      throw wrong(`the reply to ${id} counts more words than its text has room for`);
    }
    await this.#journal.record(id, stored);
  }

  async #recordReduce(id: string, partition: number, replies: readonly JobReply[]): Promise<void> {
    const partitions = this.#partitions;
    const total = new Sum();
    const words = replies.flatMap((reply) => {
      const counts = orWrong(id, reply.getReduce()).getCounts() ?? new WordCounts();
      total.addSum(checkCounts(counts, { id, partition, partitions }));
      return countedWords(counts);
    });
    if (new Set(words.map(({ word }) => word)).size < words.length) {
      throw wrong(`the reply to ${id} does not list each word once`);
    }
    const expected = this.#sums.get(id);
    if (!expected?.equals(total)) throw wrong(`the reply to ${id} does not add up to what it was sent`);
    await this.#journal.record(id, serialiseCounts(words.sort(byCount)));
  }

  #workOf(id: string): Work {
    const work = this.#work.get(id);
    if (!work) throw new Error(`there is no job ${id}`);
    return work;
  }
}

function orWrong<Result>(id: string, result: Result | undefined): Result {
  if (!result) throw wrong(`the reply to ${id} contains no result for a job of its kind`);
  return result;
}
