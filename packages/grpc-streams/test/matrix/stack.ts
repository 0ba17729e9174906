import { setTimeout } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { type Answer, type Ask, LARGE } from '../test-client.ts';
import { Deferred } from '../wait.ts';
import { answerOf, askOf } from './definition.ts';
import type { ClientPlan, HandlerPlan, Kind, Moment } from './plans.ts';

/** A way to write servers and clients. */
export interface Stack {
  /** The URL of the module that exports this as `stack`, for a process of its own. */
  readonly module: string;
  /** Starts a server whose handler of this kind follows the plan. */
  serve(kind: Kind, plan: HandlerPlan, watch: Watch): Promise<RunningServer>;
  connect(port: number): Connection;
}

export interface RunningServer {
  readonly port: number;
  /** How many calls are open, as far as the stack knows. */
  openCalls(): number;
  /** Resolves when the server has stopped. */
  stopGracefully(): Promise<void>;
  stopByForce(): void;
}

export interface Connection {
  /**
   * Makes a call that follows the plan.
   *
   * @param during resolves when the handler is in the middle of it
   */
  call(kind: Kind, plan: ClientPlan, during: Promise<void>): Promise<Seen>;
  close(): void;
}

/** How a call ended for the client: the name of its status, and how many messages arrived. */
export interface Seen {
  readonly status: string;
  readonly messages: number;
}

/** How many requests a client sends that has no other plan. */
export const REQUESTS = 3;

/** What is seen of a handler. */
export class Watch {
  readonly #entered = new Deferred();
  readonly #caughtUp = new Deferred();
  readonly #left = new Deferred();
  readonly entered = this.#entered.promise;
  /** The handler has read what a client sends that has no other plan. */
  readonly caughtUp = this.#caughtUp.promise;
  /** The handler's `finally` has run. */
  readonly left = this.#left.promise;
  hasEntered = false;
  hasLeft = false;
  /** It has read its requests to their end, as far as it knows. */
  readAll = false;
  signal: AbortSignal | undefined;

  enter(signal?: AbortSignal): void {
    this.signal = signal;
    this.hasEntered = true;
    this.#entered.resolve();
  }

  /** The handler has read so many requests. */
  read(count: number): void {
    if (count === REQUESTS) this.#caughtUp.resolve();
  }

  leave(): void {
    this.hasLeft = true;
    this.#left.resolve();
  }
}

/** What a handler throws. */
export const aborted = { code: status.ABORTED, details: 'as planned' };

/** The milliseconds for which a handler pays no attention. */
export const DEAF_MS = 400;

/** A handler that follows the plan, for every stack that takes async generators. */
export async function* play(
  plan: HandlerPlan,
  requests: Iterable<Ask> | AsyncIterable<Ask>,
  watch: Watch,
  how: { untilOver(): Promise<unknown>; error?: unknown },
): AsyncGenerator<Answer, void, undefined> {
  let count = 0;
  try {
    if (plan.reads !== 0) {
      for await (const { n } of requests) {
        if (plan.pace) await setTimeout(plan.pace);
        watch.read(++count);
        yield answerOf(n, plan);
        if (count === plan.reads) break;
      }
      watch.readAll = count !== plan.reads;
    }
    while (count < (plan.produces ?? 0)) {
      await setTimeout(1);
      yield answerOf(++count, plan, LARGE);
    }
    if (plan.ends === 'throws') throw how.error ?? aborted;
    if (plan.ends === 'throws no status') throw new Error('as planned');
    if (plan.ends === 'waits') await how.untilOver();
    if (plan.ends === 'waits deaf') await setTimeout(DEAF_MS);
  } finally {
    watch.leave();
  }
}

/** The one answer of a unary or client-streaming handler: how many requests it has read. */
export async function countAnswers(answers: AsyncIterable<Answer>, plan: HandlerPlan): Promise<Answer> {
  let count = 0;
  for await (const _ of answers) count++;
  return answerOf(count, plan);
}

/** The requests of a plan. */
export function* asks(plan: ClientPlan): Generator<Ask, void, undefined> {
  for (let n = 1; n <= (plan.sends ?? REQUESTS); n++) yield askOf(n, plan);
}

/** The same, each at its time. */
export async function* asksInTime(plan: ClientPlan): AsyncGenerator<Ask, void, undefined> {
  for (const ask of asks(plan)) {
    if (plan.pace) await setTimeout(plan.pace);
    yield ask;
  }
}

/** The requests that a server-streaming handler answers. */
export function asked({ n }: Ask): Generator<Ask, void, undefined> {
  return asks({ sends: n });
}

/** Counts replies, and throws when one is missing or out of order. */
export class Counter {
  count = 0;

  add({ n }: Answer): void {
    if (n !== ++this.count) throw new Error(`reply ${n} came as number ${this.count}`);
  }
}

/** The deadline of a call that has none in its plan; a call that ends by it hangs. */
export const PATIENCE_MS = 3_000;

/** Cancels, and fires the caller's signal, at the moments of the plan; gives what the client has seen. */
export async function keepTo(
  plan: ClientPlan,
  during: Promise<void>,
  seen: Promise<Seen>,
  actions: { cancel(): void; abort(): void },
): Promise<Seen> {
  const act = (moment: Moment) => {
    if (plan.cancels === moment) actions.cancel();
    if (plan.aborts === moment) actions.abort();
  };
  act('before');
  void during.then(() => act('during'));
  await seen;
  act('after');
  return seen;
}
