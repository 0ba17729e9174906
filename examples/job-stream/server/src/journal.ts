import { ClassicLevel } from 'classic-level';

/** A journal that cannot be used; the message is for the person who started the master. */
export class UnusableJournal extends Error {
  override name = 'UnusableJournal';
}

/** Padded, so that keys sort as numbers do. */
const key = (kind: 'counts' | 'result', partition: number, part: number) =>
  `${kind}/${`${partition}`.padStart(6, '0')}/${`${part}`.padStart(9, '0')}`;

/**
 * What a run has finished, on disk: a job counts as done when its result is here. Each job is written
 * atomically, and survives a crash of the process or the machine.
 */
export class Journal {
  /** The ids of the jobs that are done. */
  readonly done: ReadonlySet<string>;
  readonly #database: ClassicLevel<string, Uint8Array>;

  private constructor(database: ClassicLevel<string, Uint8Array>, done: ReadonlySet<string>) {
    this.#database = database;
    this.done = done;
  }

  /**
   * @param fingerprint identifies what is counted
   * @param fresh whether to discard what is there
   * @throws UnusableJournal when another master has it open, or it belongs to a run over something else
   */
  static async open(folder: string, fingerprint: string, { fresh = false } = {}): Promise<Journal> {
    const database = await openDatabase(folder, fresh);
    try {
      return new Journal(database, await readDone(database, folder, fingerprint));
    } catch (error) {
      await database.close(); // otherwise it would keep the lock
      throw error;
    }
  }

  /** Deletes a journal. */
  static async drop(folder: string): Promise<void> {
    await ClassicLevel.destroy(folder);
  }

  /** Records a map: the serialised counts of each partition. */
  async recordMap(id: string, number: number, partitions: readonly Uint8Array[]): Promise<void> {
    await this.#record(
      id,
      partitions.map((counts, partition) => ({ key: key('counts', partition, number), value: counts })),
    );
  }

  /** Records a reduce: the serialised result, in parts. */
  async recordReduce(id: string, partition: number, parts: readonly Uint8Array[]): Promise<void> {
    await this.#record(
      id,
      parts.map((part, index) => ({ key: key('result', partition, index), value: part })),
    );
  }

  /** What all maps counted for a partition. */
  counts(partition: number): AsyncIterable<Uint8Array> {
    return this.#read('counts', partition);
  }

  /** The result of a partition. */
  result(partition: number): AsyncIterable<Uint8Array> {
    return this.#read('result', partition);
  }

  async close(): Promise<void> {
    await this.#database.close();
  }

  async #record(id: string, entries: readonly { key: string; value: Uint8Array }[]): Promise<void> {
    const puts = [...entries, { key: `done/${id}`, value: new Uint8Array() }];
    await this.#database.batch(
      puts.map((put) => ({ type: 'put', ...put })),
      { sync: true },
    );
  }

  async *#read(kind: 'counts' | 'result', partition: number): AsyncGenerator<Uint8Array> {
    yield* this.#database.values({ gte: key(kind, partition, 0), lt: key(kind, partition + 1, 0) });
  }
}

async function openDatabase(folder: string, fresh: boolean): Promise<ClassicLevel<string, Uint8Array>> {
  try {
    // Drop it first: a database begins to open as soon as it is made, and would write to what is being deleted.
    if (fresh) await Journal.drop(folder);
    const database = new ClassicLevel<string, Uint8Array>(folder, { valueEncoding: 'view' });
    database.on('error', () => {}); // whatever fails is reported where it is awaited
    await database.open();
    return database;
  } catch (error) {
    throw new UnusableJournal(explained(folder, error as Error));
  }
}

/** Reads which jobs are done. A journal in which no job is done becomes that of this run. */
async function readDone(
  database: ClassicLevel<string, Uint8Array>,
  folder: string,
  fingerprint: string,
): Promise<ReadonlySet<string>> {
  const keys = await database.keys({ gt: 'done/', lt: 'done0' }).all();
  const done = new Set(keys.map((key) => key.slice('done/'.length)));
  const before = await database.get('fingerprint');
  const isOther = before === undefined || Buffer.from(before).toString() !== fingerprint;
  if (isOther && done.size > 0) {
    throw new UnusableJournal(
      `${folder} belongs to an unfinished run over other texts; use another --output, or --fresh to discard that run`,
    );
  }
  if (isOther) await database.put('fingerprint', Buffer.from(fingerprint), { sync: true });
  return done;
}

function explained(folder: string, error: Error): string {
  const { message } = (error.cause ?? error) as Error;
  if (message.includes('LOCK: ')) return `another job-server is writing to ${folder}; choose another --output`;
  return `cannot open the journal ${folder}: ${message}`;
}
