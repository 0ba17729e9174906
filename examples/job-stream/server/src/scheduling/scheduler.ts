/** A job as it is given to a worker. */
export interface Assignment {
  readonly id: string;
  /** How many times the job has been given to a worker, including this time. */
  readonly attempt: number;
}

/** Names an attempt, in the log and in errors. */
export const nameOf = ({ id, attempt }: Assignment): string => `${id} (attempt ${attempt})`;

interface Job<Worker> {
  readonly id: string;
  attempts: number;
  done: boolean;
  /** The workers that are at work on it, as far as is known. */
  readonly runners: Set<Worker>;
  failures: number;
  /** The workers that have failed it, of those that are there. */
  readonly failedBy: Set<Worker>;
}

/** A job that has failed this many times, and on every worker that is there, fails the run. */
const MOST_FAILURES = 3;
/** At most this many workers are given the same job when nothing else is left to do. */
const MOST_RUNNERS = 2;

/**
 * Decides which worker does which job; knows nothing of streams, files or time.
 *
 * A job is pending, running, or done. It becomes pending again when every worker that had it is lost, is too late, or
 * has failed. When no job is pending, an idle worker also gets the one that has run longest: its first worker may just be slow, and
 * whichever result comes first counts.
 */
export class Scheduler<Worker> {
  /** Why the run cannot succeed. */
  failure: string | undefined;
  readonly #jobs = new Map<string, Job<Worker>>();
  readonly #laterPhases: Job<Worker>[][];
  readonly #pending = new Set<Job<Worker>>();
  /** In the order in which they were given out. */
  readonly #running = new Set<Job<Worker>>();
  readonly #workers = new Set<Worker>();
  #doneCount = 0;

  /**
   * @param phases the ids of the jobs; a phase begins when all jobs of the one before it are done
   * @param isDone tells which jobs an earlier run has done
   */
  constructor(phases: readonly (readonly string[])[], isDone: (id: string) => boolean = () => false) {
    this.#laterPhases = phases.map((ids) =>
      ids.map((id) => {
        const job = {
          id,
          attempts: 0,
          done: isDone(id),
          runners: new Set<Worker>(),
          failures: 0,
          failedBy: new Set<Worker>(),
        };
        this.#jobs.set(id, job);
        if (job.done) this.#doneCount += 1;
        return job;
      }),
    );
    this.#startPhase();
  }

  get total(): number {
    return this.#jobs.size;
  }

  get doneCount(): number {
    return this.#doneCount;
  }

  /** True when there is nothing more to do: all is done, or the run has failed. */
  get over(): boolean {
    return this.#doneCount === this.#jobs.size || this.failure !== undefined;
  }

  isDone(id: string): boolean {
    return this.#jobs.get(id)?.done ?? false;
  }

  join(worker: Worker): void {
    this.#workers.add(worker);
  }

  /** The worker is lost, and so is its work on its job. */
  leave(worker: Worker): void {
    this.#workers.delete(worker);
    for (const job of this.#running) this.#release(job, worker);
  }

  // #region next
  /** Gives an idle worker a job; undefined when there is none for it now. */
  next(worker: Worker): Assignment | undefined {
    if (this.over) return undefined;
    const job =
      first(this.#pending, (job) => this.#mayDo(job, worker)) ??
      first(this.#running, (job) => job.runners.size < MOST_RUNNERS && this.#mayDo(job, worker));
    if (!job) return undefined;
    this.#pending.delete(job);
    this.#running.add(job);
    job.runners.add(worker);
    job.attempts += 1;
    return { id: job.id, attempt: job.attempts };
  }
  // #endregion

  /** The job is done, whoever did it. Gives false if it had been done before. */
  succeed(id: string): boolean {
    const job = this.#jobs.get(id);
    if (!job || job.done) return false;
    job.done = true;
    job.runners.clear();
    this.#pending.delete(job);
    this.#running.delete(job);
    this.#doneCount += 1;
    this.#startPhase();
    return true;
  }

  /** The worker could not do the job. */
  fail(id: string, worker: Worker, why: string): void {
    const job = this.#jobs.get(id);
    if (!job || job.done) return;
    job.failures += 1;
    job.failedBy.add(worker);
    for (const other of job.failedBy) if (!this.#workers.has(other)) job.failedBy.delete(other);
    this.#release(job, worker);
    if (job.failures >= MOST_FAILURES && this.#everyoneFailed(job)) {
      this.failure ??= `${id} failed ${job.failures} times, last with: ${why}`;
    }
  }

  /** The worker is taking too long; it may still succeed, but another one may get the job. */
  expire(id: string, worker: Worker): void {
    const job = this.#jobs.get(id);
    if (job) this.#release(job, worker);
  }

  #release(job: Job<Worker>, worker: Worker): void {
    if (!job.runners.delete(worker) || job.runners.size > 0) return;
    this.#running.delete(job);
    this.#pending.add(job);
  }

  /** A worker does not retry a job that it has failed while there is another worker that has not. */
  #mayDo(job: Job<Worker>, worker: Worker): boolean {
    if (job.runners.has(worker)) return false;
    return !job.failedBy.has(worker) || this.#everyoneFailed(job);
  }

  #everyoneFailed(job: Job<Worker>): boolean {
    for (const worker of this.#workers) if (!job.failedBy.has(worker)) return false;
    return true;
  }

  #startPhase(): void {
    while (this.#pending.size === 0 && this.#running.size === 0) {
      const jobs = this.#laterPhases.shift();
      if (!jobs) return;
      for (const job of jobs) if (!job.done) this.#pending.add(job);
    }
  }
}

function first<Value>(values: Iterable<Value>, isGood: (value: Value) => boolean): Value | undefined {
  for (const value of values) if (isGood(value)) return value;
  return undefined;
}
