import { type ClientPlan, type HandlerPlan, type Kind, REQUESTS } from './plans.ts';
import type { Row } from './rows.ts';

/** A way to write servers and clients. */
export interface Stack {
  /** Whether it has a way, by its design, to do what the row is about. */
  canDo(kind: Kind, row: Row): boolean;
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

/** The status of a client that has left its loop and learns nothing more of its call. */
export const LEFT = 'left';

/** What is seen of a handler. */
export class Watch {
  #enter = () => {};
  #catchUp = () => {};
  #leave = () => {};
  readonly entered = new Promise<void>((resolve) => {
    this.#enter = resolve;
  });
  /** The handler has read what a client sends that has no other plan. */
  readonly caughtUp = new Promise<void>((resolve) => {
    this.#catchUp = resolve;
  });
  /** The handler's `finally` has run. */
  readonly left = new Promise<void>((resolve) => {
    this.#leave = resolve;
  });
  hasEntered = false;
  hasLeft = false;
  /** It has read its requests to their end, as far as it knows. */
  readAll = false;
  signal: AbortSignal | undefined;
  /** When the call ends at the latest, as far as the server knows. */
  deadline: number | undefined;

  enter(signal?: AbortSignal, deadline?: number): void {
    this.signal = signal;
    this.deadline = deadline;
    this.hasEntered = true;
    this.#enter();
  }

  /** The handler has read so many requests. */
  read(count: number): void {
    if (count === REQUESTS) this.#catchUp();
  }

  leave(): void {
    this.hasLeft = true;
    this.#leave();
  }
}
