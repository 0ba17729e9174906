import type { EventEmitter } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { ServerErrorResponse, sendUnaryData } from '@grpc/grpc-js';
import { answerOf } from '../definition.ts';
import type { HandlerPlan } from '../plans.ts';
import { aborted } from '../play.ts';
import { type Answer, type Ask, LARGE } from '../service.ts';
import type { Watch } from '../stack.ts';

/** How a handler answers and ends: by its stream, or by its callback. */
interface Output {
  /** Gives false when the stream wants a rest. */
  write(answer: Answer): boolean;
  end(count: number): void;
  fail(error: Partial<ServerErrorResponse>): void;
}

export const toStream = (call: Writable): Output => ({
  write: (answer) => call.write(answer),
  end: () => call.end(),
  fail: (error) => call.emit('error', error),
});

export const toCallback = (callback: sendUnaryData<Answer>, plan: HandlerPlan): Output => ({
  write: () => true,
  end: (count) => callback(null, answerOf(count, plan)),
  fail: (error) => callback(error),
});

/** A handler that follows the plan from event to event. */
export class EventHandler {
  readonly #plan: HandlerPlan;
  readonly #watch: Watch;
  readonly #call: EventEmitter;
  readonly #output: Output;
  #read = 0;
  /** How many answers it has sent. */
  #count = 0;
  #over = false;

  constructor(plan: HandlerPlan, watch: Watch, call: EventEmitter, output: Output) {
    this.#plan = plan;
    this.#watch = watch;
    this.#call = call;
    this.#output = output;
    watch.enter();
    call.on('cancelled', () => {
      this.#over = true;
      watch.leave();
    });
  }

  /** Takes the requests of a stream. */
  readStream(call: Readable): void {
    if (this.#plan.reads === 0) this.#produce();
    else call.on('data', (request: Ask) => this.#take(request, call));
    call.on('end', () => {
      this.#watch.readAll = this.#plan.reads === undefined;
      if (this.#watch.readAll) this.#produce();
    });
  }

  #take(request: Ask, call: Readable): void {
    const { pace, reads } = this.#plan;
    if (this.#read === reads) return;
    if (pace) {
      call.pause();
      setTimeout(() => call.resume(), pace);
    }
    this.#answer(request);
    if (this.#read === reads) this.#produce();
  }

  /** Takes requests that are there already. */
  readAll(requests: Iterator<Ask>): void {
    const { pace, reads } = this.#plan;
    const goOn = () => this.readAll(requests);
    while (!this.#over && this.#read !== reads) {
      const next = requests.next();
      if (next.done) break;
      if (!this.#answer(next.value)) return void this.#call.once('drain', goOn);
      if (pace) return void setTimeout(goOn, pace);
    }
    this.#produce();
  }

  #answer({ n }: Ask): boolean {
    this.#count++;
    this.#watch.read(++this.#read);
    return this.#output.write(answerOf(n, this.#plan));
  }

  #produce(): void {
    if (this.#over) return;
    const goOn = () => this.#produce();
    if (this.#count >= (this.#plan.produces ?? 0)) this.#conclude();
    else if (this.#output.write(answerOf(++this.#count, this.#plan, LARGE))) setTimeout(goOn, 1);
    else this.#call.once('drain', goOn);
  }

  #conclude(): void {
    const { ends } = this.#plan;
    if (ends === 'waits') return; // for 'cancelled'
    if (ends === 'waits deaf') setTimeout(() => this.#finish(() => this.#output.end(this.#count)), this.#plan.deafMs);
    else if (ends === 'throws') this.#finish(() => this.#output.fail(aborted));
    else if (ends === 'throws no status') this.#finish(() => this.#output.fail(new Error('as planned')));
    else this.#finish(() => this.#output.end(this.#count));
  }

  #finish(end: () => void): void {
    if (!this.#over) end();
    this.#over = true;
    this.#watch.leave();
  }
}
