import { type ServiceError, status } from '@grpc/grpc-js';
import type { Job, JobReply, ShutdownReply } from 'job-proto';
import { type Assignment, nameOf, Scheduler } from './scheduler.ts';
import { shortened } from './shortened.ts';
import { Worker } from './worker.ts';

// The master brings jobs and workers together. This is the life of each.
//
// A job is pending until an idle worker gets it, running until a result is recorded, then done. It is pending again
// when every worker that had it is gone, late or has failed.
//
// A worker that has joined is
// - idle, until there is a job for it;
// - at work, from when it is given the job until its reply is complete; then it is idle again;
// - late, if it is still at work after the time limit: another worker may get the job too, and the first result counts;
// - dismissed, once the run is over: the session sends it a shutdown, and waits for its goodbye;
// - gone, from any of these: it said goodbye, half-closed, was lost, or broke the contract. Its job, if it had one, is
//   pending again. A worker that comes back is a new one.
//
// The run is over when all jobs are done, when one has failed too often, or when the server stops. From then on nobody
// is given a job, and nobody is late.

/** What the jobs are about, of which the master knows nothing: it only hands them out. */
export interface Jobs {
  readonly phases: readonly (readonly string[])[];
  isDone(id: string): boolean;
  messages(assignment: Assignment): AsyncIterable<Job>;
  /** Records a result for good. Throws a status when the reply is wrong. */
  record(id: string, replies: readonly JobReply[]): Promise<void>;
}

export interface MasterOptions {
  /** How long a worker may take for a job before another worker gets it too. */
  readonly jobMs: number;
  /** Takes a line for people when a worker comes, goes, or is in trouble. */
  readonly log: (line: string) => void;
  readonly onProgress?: (text: string) => void;
}

/**
 * Hands out the jobs of one run: knows the workers, assigns each idle one a job, takes the replies, and gives the job of
 * a worker that is lost or late to another one.
 */
export class Master {
  /** Resolves when all jobs are done; rejects when the run has failed. */
  readonly done: Promise<void>;
  readonly #jobs: Jobs;
  readonly #options: MasterOptions;
  readonly #scheduler: Scheduler<Worker>;
  readonly #workers = new Set<Worker>();
  readonly #idle = new Set<Worker>();
  #joined = 0;
  /** No more jobs are given: all are done, the run has failed, or the server stops. */
  #over = false;
  #isDismissing = false;
  #settle: (error?: Error) => void = () => {};
  #onAllGone: () => void = () => {};
  readonly #allGone = new Promise<void>((resolve) => {
    this.#onAllGone = resolve;
  });

  constructor(jobs: Jobs, options: MasterOptions) {
    this.#jobs = jobs;
    this.#options = options;
    this.#scheduler = new Scheduler(jobs.phases, (id) => jobs.isDone(id));
    this.done = new Promise((resolve, reject) => {
      this.#settle = (error) => (error ? reject(error) : resolve());
    });
    this.done.catch(() => {}); // whoever waits for it may come later
    this.#assign();
  }

  get progress(): { done: number; total: number } {
    return { done: this.#scheduler.doneCount, total: this.#scheduler.total };
  }

  /** True once the workers are sent home. */
  get isDismissing(): boolean {
    return this.#isDismissing;
  }

  /** Registers a worker; it is idle until it is assigned a job. */
  join(): Worker {
    this.#joined += 1;
    const worker = new Worker(`worker ${this.#joined}`);
    this.#workers.add(worker);
    if (this.#isDismissing) worker.dismiss();
    this.#options.log(`${worker.name} has joined`);
    this.#scheduler.join(worker);
    this.#idle.add(worker);
    this.#assign();
    return worker;
  }

  /** The messages of a job for the worker that it was assigned to, for as long as the worker has it in hand. */
  async *messages(worker: Worker, assignment: Assignment): AsyncGenerator<Job> {
    try {
      for await (const job of this.#jobs.messages(assignment)) {
        if (!worker.countSent(assignment)) return;
        yield job;
      }
    } catch (error) {
      this.#end(error as Error); // a text that cannot be read is the fault of no worker
    }
  }

  /**
   * Takes a message of a reply; with the last one the worker is idle again.
   *
   * @throws INVALID_ARGUMENT when the worker breaks the contract
   */
  async hear(worker: Worker, message: JobReply): Promise<void> {
    // #region hear
    const reply = worker.hear(message);
    if (!reply) return;
    const { job, replies } = reply;
    if (message.hasFailure()) {
      const why = shortened(message.getFailure());
      this.#options.log(`${worker.name} could not do ${nameOf(job)}: ${why}`);
      this.#scheduler.fail(job.id, worker, why);
    } else if (!this.#scheduler.isDone(job.id)) {
      await this.#record(job.id, replies);
    }
    worker.finish();
    if (this.#workers.has(worker)) this.#idle.add(worker);
    this.#assign();
    // #endregion
  }

  /** The worker's answer to its shutdown. */
  hearGoodbye(worker: Worker, goodbye: ShutdownReply): undefined {
    const jobs = goodbye.getJobsDone();
    this.#options.log(`${worker.name} did ${jobs} ${jobs === 1 ? 'job' : 'jobs'}`);
    this.leave(worker, 'has left');
  }

  /** The worker is gone, and its job goes to another one. If there is an error, its assignments end with it. */
  leave(worker: Worker, how: string, error?: Error): void {
    if (!this.#workers.delete(worker)) return;
    const job = worker.leave(error);
    this.#idle.delete(worker);
    if (!this.#over) {
      this.#options.log(`${worker.name} ${shortened(how)}${job ? `; another worker gets ${job.id}` : ''}`);
      if (this.#workers.size === 0) this.#options.log('no worker is connected; waiting for one');
    }
    this.#scheduler.leave(worker);
    this.#assign();
    if (this.#isDismissing && this.#workers.size === 0) this.#onAllGone();
  }

  /** Sends every worker home; resolves when they are gone. A worker that joins later is sent home at once. */
  dismissAll(): Promise<void> {
    this.#over = true;
    this.#isDismissing = true;
    for (const worker of this.#workers) worker.dismiss();
    if (this.#workers.size === 0) this.#onAllGone();
    return this.#allGone;
  }

  async #record(id: string, replies: readonly JobReply[]): Promise<void> {
    try {
      await this.#jobs.record(id, replies);
      this.#scheduler.succeed(id);
    } catch (error) {
      if ((error as ServiceError).code === status.INVALID_ARGUMENT) throw error;
      this.#end(error as Error); // the disk may be full, for example
    }
  }

  /** Gives idle workers jobs, for as long as there are any. */
  #assign(): void {
    if (this.#over) return;
    const { failure, over } = this.#scheduler;
    if (over) {
      this.#end(failure === undefined ? undefined : new Error(failure));
      return;
    }
    for (const worker of this.#idle) {
      const assignment = this.#scheduler.next(worker);
      if (assignment) this.#give(worker, assignment);
    }
    const { done, total } = this.progress;
    this.#options.onProgress?.(`${done} of ${total} jobs done; workers: ${this.#workers.size}`);
  }

  #give(worker: Worker, assignment: Assignment): void {
    this.#idle.delete(worker);
    const { jobMs, log } = this.#options;
    worker.give(assignment, jobMs, () => {
      log(`${worker.name} has not finished ${assignment.id} within ${jobMs / 1_000} s; another worker gets it too`);
      this.#scheduler.expire(assignment.id, worker);
      this.#assign();
    });
  }

  #end(error?: Error): void {
    if (this.#over) return;
    this.#over = true;
    for (const worker of this.#workers) worker.stopClock();
    this.#settle(error);
  }
}
