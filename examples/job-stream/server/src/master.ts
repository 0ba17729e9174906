import { type ServiceError, status } from '@grpc/grpc-js';
import { MessageQueue, statusError } from 'grpc-streams';
import type { Job, JobReply, ShutdownReply } from 'job-proto';
import { type Assignment, Scheduler } from './scheduler.ts';

/** What the jobs are about; a master only hands them out. */
export interface Jobs {
  readonly phases: readonly (readonly string[])[];
  isDone(id: string): boolean;
  messages(assignment: Assignment): AsyncIterable<Job>;
  /** Makes a result last. Throws a status when the reply is wrong. */
  record(id: string, replies: readonly JobReply[]): Promise<void>;
}

export interface MasterOptions {
  /** How long a worker may take for a job before another worker gets it, too. */
  readonly jobMs: number;
  /** Gets a line for people when a worker comes, goes, or is in trouble. */
  readonly log: (line: string) => void;
  readonly onProgress?: (text: string) => void;
}

/** A worker that is connected. */
export interface Worker {
  readonly name: string;
  /** What it is to be sent; a worker that replies without reading lets no more of them wait than there are jobs. */
  readonly assignments: MessageQueue<Assignment>;
  /** Every attempt that it was given. */
  readonly given: Set<string>;
  inHand: Assignment | undefined;
  left: boolean;
  /** How many messages of the job in hand it was sent. */
  sent: number;
  /** The messages of its reply so far. */
  replies: JobReply[];
  lateTimer: NodeJS.Timeout | undefined;
}

const nameOf = ({ id, attempt }: Assignment) => `${id} (attempt ${attempt})`;
/** Fit for a log, whatever a worker says. */
const oneLine = (text: string) => text.replaceAll(/[\p{C}\s]+/gu, ' ').slice(0, 200);
const wrong = (details: string) => statusError(status.INVALID_ARGUMENT, details);

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
    this.done.catch(() => {}); // who waits for it may come later
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
    const worker: Worker = {
      name: `worker ${this.#joined}`,
      assignments: new MessageQueue(Number.POSITIVE_INFINITY),
      given: new Set(),
      inHand: undefined,
      left: false,
      sent: 0,
      replies: [],
      lateTimer: undefined,
    };
    this.#workers.add(worker);
    if (this.#isDismissing) worker.assignments.end();
    this.#options.log(`${worker.name} has joined`);
    this.#scheduler.join(worker);
    this.#idle.add(worker);
    this.#assign();
    return worker;
  }

  /** The messages of a job for the worker that it was assigned to, as long as the worker is at it. */
  async *messages(worker: Worker, assignment: Assignment): AsyncGenerator<Job> {
    try {
      for await (const job of this.#jobs.messages(assignment)) {
        if (worker.inHand !== assignment) return;
        worker.sent += 1;
        yield job;
      }
    } catch (error) {
      this.#end(error as Error); // a text that cannot be read is the fault of no worker
    }
  }

  /**
   * Takes a message of a reply.
   *
   * @throws INVALID_ARGUMENT when the worker breaks the protocol
   */
  async hear(worker: Worker, reply: JobReply): Promise<void> {
    const name = nameOf({ id: reply.getId(), attempt: reply.getAttempt() });
    if (!worker.given.has(name)) throw wrong(`${name} was not given to this worker`);
    const { inHand } = worker;
    if (!inHand || nameOf(inHand) !== name) return; // it has replied already
    const { id } = inHand;
    worker.replies.push(reply);
    if (reply.getMore()) {
      if (worker.replies.length >= worker.sent) throw wrong(`the reply to ${name} has more messages than the job`);
      return;
    }

    clearTimeout(worker.lateTimer);
    if (reply.hasFailure()) {
      const why = oneLine(reply.getFailure());
      this.#options.log(`${worker.name} could not do ${name}: ${why}`);
      this.#scheduler.fail(id, worker, why);
    } else if (!this.#scheduler.isDone(id)) {
      await this.#record(id, worker.replies);
    }
    worker.inHand = undefined;
    if (this.#workers.has(worker)) this.#idle.add(worker);
    this.#assign();
  }

  /** The worker's answer to its shutdown. */
  hearGoodbye(worker: Worker, goodbye: ShutdownReply): undefined {
    const jobs = goodbye.getJobsDone();
    this.#options.log(`${worker.name} did ${jobs} ${jobs === 1 ? 'job' : 'jobs'}`);
    this.leave(worker, 'has left');
  }

  /** The worker is gone, and its job goes to another one. An error is what its assignments end with. */
  leave(worker: Worker, how: string, error?: Error): void {
    if (!this.#workers.delete(worker)) return;
    worker.left = true;
    worker.assignments.clear();
    worker.assignments.end(error);
    this.#idle.delete(worker);
    clearTimeout(worker.lateTimer);
    if (!this.#over) {
      this.#options.log(`${worker.name} ${how}${worker.inHand ? `; another worker gets ${worker.inHand.id}` : ''}`);
      if (this.#workers.size === 0) this.#options.log('no worker is connected; the run waits for one');
    }
    worker.inHand = undefined;
    this.#scheduler.leave(worker);
    this.#assign();
    if (this.#isDismissing && this.#workers.size === 0) this.#onAllGone();
  }

  /** Sends every worker home; resolves when they are gone. Who comes later is sent home at once. */
  dismissAll(): Promise<void> {
    this.#over = true;
    this.#isDismissing = true;
    for (const worker of this.#workers) {
      clearTimeout(worker.lateTimer);
      worker.assignments.clear();
      worker.assignments.end();
    }
    if (this.#workers.size === 0) this.#onAllGone();
    return this.#allGone;
  }

  async #record(id: string, replies: readonly JobReply[]): Promise<void> {
    try {
      await this.#jobs.record(id, replies);
      this.#scheduler.succeed(id);
    } catch (error) {
      if ((error as ServiceError).code === status.INVALID_ARGUMENT) throw error;
      this.#end(error as Error); // the disk is full, for one
    }
  }

  /** Gives every idle worker a job, as far as there are any. */
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
    worker.inHand = assignment;
    worker.given.add(nameOf(assignment));
    worker.sent = 0;
    worker.replies = [];
    const { jobMs, log } = this.#options;
    worker.lateTimer = setTimeout(() => {
      log(`${worker.name} has not done ${assignment.id} within ${jobMs / 1_000} s; another worker gets it, too`);
      this.#scheduler.expire(assignment.id, worker);
      this.#assign();
    }, jobMs);
    worker.assignments.offer(assignment);
  }

  #end(error?: Error): void {
    if (this.#over) return;
    this.#over = true;
    for (const worker of this.#workers) clearTimeout(worker.lateTimer);
    this.#settle(error);
  }
}
