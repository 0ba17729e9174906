import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWholeFile } from 'whole-file';
import { checkJobFile, type Positions, readValue, writeJobFile } from './job-file.ts';
import { type Lock, takeLock } from './lock.ts';
import { sealed, unsealed } from './sealed.ts';

/** A journal that cannot be used; the message is for the person who started the master. */
export class UnusableJournal extends Error {
  override name = 'UnusableJournal';
}

/** What is in the folder: the fingerprint of the run, a file for each job, and what was not finished. */
const RUN = 'run';
const JOB = /^(map|reduce)-\d+$/;
const UNFINISHED = /\.[0-9a-f]{12}\.part$/;

/**
 * What a run has finished, on disk: a folder with a file for each job that is done. A file appears whole or not at all,
 * and survives a crash of the process or the machine.
 *
 * A disk, or a person, may change what is there. So everything is sealed, and a job whose file does not fit is not done
 * any more.
 */
export class Journal {
  /** The ids of the jobs that were done when the journal was opened. */
  readonly done: ReadonlySet<string>;
  /** Whether there was something then that did not fit. */
  readonly wasDamaged: boolean;
  readonly #folder: string;
  readonly #run: string;
  readonly #lock: Lock;
  /** Of the jobs that are done, or being recorded. */
  readonly #positions = new Map<string, Promise<Positions>>();

  private constructor(folder: string, run: string, lock: Lock, { positions, wasDamaged }: Found) {
    this.#folder = folder;
    this.#run = run;
    this.#lock = lock;
    this.done = new Set(positions.keys());
    this.wasDamaged = wasDamaged;
    for (const [id, all] of positions) this.#positions.set(id, Promise.resolve(all));
  }

  /**
   * @param run the fingerprint of what is counted
   * @param fresh whether to discard what is there
   * @throws UnusableJournal when another master has it open, or it belongs to a run over something else
   */
  static async open(folder: string, run: string, { fresh = false } = {}): Promise<Journal> {
    try {
      if (!existsSync(folder)) await mkdir(folder);
      const { dev, ino } = await stat(folder, { bigint: true });
      const lock = await takeLock(`job-journal-${dev}-${ino}`);
      if (!lock) throw new UnusableJournal(`another job-server is writing to ${folder}; choose another --output`);
      try {
        if (fresh) await clear(folder);
        return new Journal(folder, run, lock, await find(folder, run));
      } catch (error) {
        await lock.release();
        throw error;
      }
    } catch (error) {
      throw 'syscall' in (error as Error)
        ? new UnusableJournal(`cannot open the journal ${whyOf(folder, error)}`)
        : error;
    }
  }

  /**
   * Records a job, which then is done: a map gives a value for each partition, a reduce the parts of its result. Of a
   * job that is recorded twice, the first record counts.
   *
   * @throws UnwritableFile
   */
  async record(id: string, values: readonly Uint8Array[]): Promise<void> {
    // #region record
    const recording = this.#positions.get(id) ?? writeJobFile(join(this.#folder, id), this.#run, id, values);
    this.#positions.set(id, recording);
    await recording;
    // #endregion
  }

  /**
   * Reads one of the values of a job that is done.
   *
   * @throws UnusableJournal when it is gone, or does not fit
   */
  async value(id: string, index: number): Promise<Uint8Array> {
    const value = await this.#read(id, await this.#positionsOf(id), index);
    if (value) return value;
    throw this.#damaged();
  }

  /** Reads all values of a job that is done, one after the other; throws as {@link value} does. */
  async *values(id: string): AsyncGenerator<Uint8Array> {
    const { length } = await this.#positionsOf(id);
    for (let index = 0; index < length - 1; index++) yield await this.value(id, index);
  }

  async #positionsOf(id: string): Promise<Positions> {
    const positions = await this.#positions.get(id);
    if (!positions) throw this.#damaged();
    return positions;
  }

  #damaged(): UnusableJournal {
    return new UnusableJournal(
      `${this.#folder} is damaged; run the same command again, and what is lost is done again`,
    );
  }

  async #read(id: string, positions: Positions, index: number): Promise<Uint8Array | undefined> {
    try {
      return await readValue(join(this.#folder, id), this.#run, id, positions, index);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new UnusableJournal(`cannot read the journal ${whyOf(this.#folder, error)}`);
    }
  }

  /** Waits for what is being recorded. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#positions.values());
    await this.#lock.release();
  }

  /** Closes it, and deletes it. */
  async drop(): Promise<void> {
    await clear(this.#folder);
    await this.close();
    await rmdir(this.#folder).catch(() => {}); // what is not of this journal may stay
  }
}

interface Found {
  readonly positions: ReadonlyMap<string, Positions>;
  readonly wasDamaged: boolean;
}

/**
 * Finds which jobs are done. A journal in which no job is done becomes that of this run.
 *
 * @throws UnusableJournal when it belongs to a run over something else
 */
async function find(folder: string, run: string): Promise<Found> {
  const names = await readdir(folder);
  const ids = names.filter((name) => JOB.test(name));
  const before = names.includes(RUN) ? unsealed('', RUN, await readFile(join(folder, RUN))) : undefined;
  const isThisRun = before !== undefined && Buffer.from(before).toString() === run;
  if (before && !isThisRun && ids.length > 0) {
    throw new UnusableJournal(
      `${folder} belongs to an unfinished run over other texts; use another --output, or --fresh to discard that run`,
    );
  }
  for (const name of names) if (UNFINISHED.test(name)) await rm(join(folder, name));
  const positions = new Map<string, Positions>();
  for (const id of ids) {
    const all = await checkJobFile(join(folder, id), run, id);
    if (all) positions.set(id, all);
    else await rm(join(folder, id));
  }
  if (!isThisRun) await writeWholeFile(join(folder, RUN), [sealed('', RUN, Buffer.from(run))]);
  return { positions, wasDamaged: positions.size < ids.length };
}

async function clear(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name === RUN || JOB.test(name) || UNFINISHED.test(name)) await rm(join(folder, name));
  }
}

/** Node adds the call and the path to the reason. */
const whyOf = (folder: string, error: unknown) => `${folder}: ${(error as Error).message.split(',')[0]}`;
