import type { ServiceError, status } from '@grpc/grpc-js';
import type { ProgramListener } from 'grpc-streams';
import { type Described, describeStatus } from './describe.ts';
import { now, type Side, type TraceEvent, type TraceListener } from './trace-event.ts';

/** How long a message waits before that is told, in milliseconds. */
const TOLD_AFTER_MS = 50;

/** One side of a call, recorded: what its interceptor sees, and what it hears of the program above. */
export class CallRecorder implements ProgramListener {
  call = '';
  isOver = false;
  readonly #method: string;
  readonly #side: Side;
  readonly #record: TraceListener;
  readonly #startedAt = now();
  #sent = 0;
  #received = 0;
  #reads = false;
  #taken = 0;
  #dropped = 0;
  #unreadTold = 0;
  #unreadTimer: NodeJS.Timeout | undefined;
  #waitTimer: NodeJS.Timeout | undefined;
  #waits = false;

  constructor(record: TraceListener, side: Side, method: string) {
    this.#record = record;
    this.#side = side;
    this.#method = method;
  }

  tell(event: TraceEvent['event'], sent: boolean, more: Partial<TraceEvent> = {}): void {
    const at = now();
    const ms = Math.round((at - this.#startedAt) * 100) / 100;
    this.#record({ at, ms, side: this.#side, call: this.call, method: this.#method, event, sent, ...more });
  }

  sends(message: Described): void {
    this.tell('message', true, { number: ++this.#sent, ...known(message) });
  }

  /** @param isOnly whether it is the one message that its method has in this direction: that is taken as it comes */
  receives(message: Described, isOnly: boolean): void {
    this.tell('message', false, { number: ++this.#received, ...known(message) });
    if (isOnly) this.onTaken();
    else this.#watchReader();
  }

  /** A message is handed to the transport. Gives what is to be called when that has taken it. */
  handsDown(): () => void {
    clearTimeout(this.#waitTimer);
    const number = this.#sent;
    if (this.isOver) return () => {};
    this.#waitTimer = setTimeout(() => {
      this.#waits = true;
      this.tell('waits', true, { number });
    }, TOLD_AFTER_MS).unref();
    return () => {
      // The callback of an earlier message may come later than this one was handed down.
      if (number !== this.#sent) return;
      clearTimeout(this.#waitTimer);
      if (this.#waits && !this.isOver) this.tell('goes on', true);
      this.#waits = false;
    };
  }

  ends(event: 'status' | 'cancel', sent: boolean, status?: { readonly code: status; readonly details: string }): void {
    this.isOver = true;
    clearTimeout(this.#waitTimer);
    this.tell(event, sent, status && { text: describeStatus(status.code, status.details) });
  }

  onReads(): void {
    this.#reads = true;
  }

  onTaken(): void {
    this.tell('taken', false, { number: ++this.#taken });
    this.#unreadTold = 0;
    this.#watchReader();
  }

  onDropped(): void {
    clearTimeout(this.#unreadTimer);
    const times = this.#unread;
    if (times === 0) return;
    this.#dropped += times;
    this.tell('dropped', false, { times });
  }

  onSignal({ code, details }: ServiceError): void {
    this.tell('signal', false, { text: describeStatus(code, details) });
  }

  get #unread(): number {
    return this.#received - this.#taken - this.#dropped;
  }

  /** Tells how many messages nobody takes, once that is so for a while, and again when they have become more. */
  #watchReader(): void {
    clearTimeout(this.#unreadTimer);
    if (!this.#reads || this.#unread === 0) return;
    this.#unreadTimer = setTimeout(() => {
      const times = this.#unread;
      if (times > this.#unreadTold) this.tell('unread', false, { times });
      this.#unreadTold = times;
    }, TOLD_AFTER_MS).unref();
  }
}

function known({ text, bytes }: Described): Partial<TraceEvent> {
  return { text, ...(bytes !== undefined && { bytes }) };
}
