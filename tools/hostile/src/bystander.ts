import { type ClientHttp2Session, type ClientSessionOptions, connect } from 'node:http2';
import { setTimeout as delay } from 'node:timers/promises';
import { message } from './messages.ts';
import { ask, type Outcome, RawCall } from './raw-call.ts';

const CHECK = '/grpc.health.v1.Health/Check';
const WATCH = '/grpc.health.v1.Health/Watch';
const SERVER_ITSELF = message(Buffer.of());

/** So that asking takes no time from what is asked. */
const PAUSE_MS = 10;

/** Another caller: it has a stream open, and makes one unary call after the other, on a connection of its own. */
export class Bystander {
  /** How many of its unary calls were answered. */
  answers = 0;
  readonly #session: ClientHttp2Session;
  readonly #watch: RawCall;
  #isLeaving = false;
  readonly #calling: Promise<void>;

  private constructor(session: ClientHttp2Session, watch: RawCall) {
    this.#session = session;
    this.#watch = watch;
    this.#calling = this.#keepCalling();
    this.#calling.catch(() => {}); // whoever waits for an answer hears of it
  }

  static async enter(port: number): Promise<Bystander> {
    for (let tries = 1; ; tries++) {
      const session = openSession(port);
      const watch = new RawCall(session, WATCH).read();
      watch.stream.end(SERVER_ITSELF);
      const outcome = await Promise.race([watch.answered(), watch.outcome]);
      if (!outcome) return new Bystander(session, watch);
      session.destroy();
      mayTryAgain(outcome, tries);
    }
  }

  /** Resolves when it was answered so many times more, or leaves; rejects when it was not served. */
  async isAnswered(times: number): Promise<void> {
    const enough = this.answers + times;
    while (this.answers < enough && !this.#isLeaving) await Promise.race([delay(PAUSE_MS), this.#calling]);
    if (this.#watch.isOver) failed(await this.#watch.outcome);
  }

  async leave(): Promise<void> {
    this.#isLeaving = true;
    await this.#calling;
    this.#session.destroy();
  }

  async #keepCalling(): Promise<void> {
    while (!this.#isLeaving) {
      const outcome = await ask(this.#session, CHECK, SERVER_ITSELF);
      if (outcome.status !== 'OK') failed(outcome);
      this.answers += 1;
      await delay(PAUSE_MS);
    }
  }
}

/** A newcomer, with a connection of its own, is answered; else this rejects. */
export async function servesNewcomer(port: number): Promise<void> {
  for (let tries = 1; ; tries++) {
    const session = openSession(port);
    const outcome = await ask(session, CHECK, SERVER_ITSELF);
    session.destroy();
    if (outcome.status === 'OK') return;
    mayTryAgain(outcome, tries);
  }
}

const NEWCOMER_TRIES = 5;

/** On a busy machine a server with --max-idle-seconds may close a connection before its first call has come. */
function mayTryAgain(outcome: Outcome, tries: number): void {
  if (outcome.status !== undefined || tries === NEWCOMER_TRIES) failed(outcome);
}

/** In MB, so that what an attacker holds does not end its own calls. */
const OWN_MEMORY = 1_000;

/** A connection of Node's own HTTP/2 client; what fails on it is told by its calls. */
export function openSession(port: number, options: ClientSessionOptions = {}): ClientHttp2Session {
  return connect(`http://127.0.0.1:${port}`, { maxSessionMemory: OWN_MEMORY, ...options }).on('error', () => {});
}

function failed(outcome: Outcome): never {
  throw new Error(`another caller was not served: ${JSON.stringify(outcome)}`);
}
