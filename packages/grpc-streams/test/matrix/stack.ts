import { Deferred } from '../wait.ts';
import { type ClientPlan, type HandlerPlan, type Kind, REQUESTS } from './plans.ts';

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
  /**
   * Resolves when the server has stopped.
   *
   * @param insist whether it fails the calls that do not come to an end
   */
  stopGracefully(insist: boolean): Promise<void>;
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
