import { status } from '@grpc/grpc-js';
import { MessageQueue, statusError } from 'grpc-streams';
import type { JobReply } from 'job-proto';
import { type Assignment, nameOf } from './scheduler.ts';

const wrong = (details: string) => statusError(status.INVALID_ARGUMENT, details);

/** A worker that is connected, with the job in its hands and what it has replied so far. */
export class Worker {
  readonly name: string;
  /**
   * What it is to be sent. The queue needs no bound: a worker that replies without reading lets no more assignments
   * wait than there are jobs.
   */
  readonly assignments = new MessageQueue<Assignment>(Number.POSITIVE_INFINITY);
  /** The name of every attempt that it was given. */
  readonly #given = new Set<string>();
  #inHand: Assignment | undefined;
  /** How many messages of the job in hand it was sent. */
  #sent = 0;
  /** The messages of its reply so far. */
  #replies: JobReply[] = [];
  #limit: NodeJS.Timeout | undefined;
  #left = false;

  constructor(name: string) {
    this.name = name;
  }

  /** True once it is gone, for whatever reason. */
  get left(): boolean {
    return this.#left;
  }

  /** Puts a job into its hands, and calls `onLate` if the reply is not complete within so many milliseconds. */
  give(assignment: Assignment, limitMs: number, onLate: () => void): void {
    this.#inHand = assignment;
    this.#given.add(nameOf(assignment));
    this.#sent = 0;
    this.#replies = [];
    this.#limit = setTimeout(onLate, limitMs);
    this.assignments.offer(assignment);
  }

  /** Counts a message of the job that is about to be sent. Gives false when the job is no longer in its hands. */
  countSent(assignment: Assignment): boolean {
    if (this.#inHand !== assignment) return false;
    this.#sent += 1;
    return true;
  }

  /**
   * Takes a message of a reply. Gives the whole reply once it is complete, undefined before that, and for a job to
   * which the worker has already replied.
   *
   * @throws INVALID_ARGUMENT when the worker breaks the contract
   */
  hear(reply: JobReply): { job: Assignment; replies: readonly JobReply[] } | undefined {
    const name = nameOf({ id: reply.getId(), attempt: reply.getAttempt() });
    if (!this.#given.has(name)) throw wrong(`${name} was not given to this worker`);
    const job = this.#inHand;
    if (!job || nameOf(job) !== name) return undefined;
    this.#replies.push(reply);
    if (!reply.getMore()) {
      this.stopClock();
      return { job, replies: this.#replies };
    }
    if (this.#replies.length < this.#sent) return undefined;
    throw wrong(`the reply to ${name} has more messages than the job`);
  }

  /** It has no job in its hands any more. */
  finish(): void {
    this.#inHand = undefined;
  }

  /** No one waits for its reply any more; it may still come. */
  stopClock(): void {
    clearTimeout(this.#limit);
  }

  /** It is sent nothing more but a shutdown. */
  dismiss(): void {
    this.stopClock();
    this.assignments.clear();
    this.assignments.end();
  }

  /** It is gone. Gives the job that was in its hands. If there is an error, its assignments end with it. */
  leave(error?: Error): Assignment | undefined {
    const job = this.#inHand;
    this.#inHand = undefined;
    this.#left = true;
    this.stopClock();
    this.assignments.clear();
    this.assignments.end(error);
    return job;
  }
}
