import type { EventEmitter } from 'node:events';
import { Metadata, type ServerUnaryCall, type ServiceError, status } from '@grpc/grpc-js';
import type { MessageQueue } from '../message-queue.ts';
import { isStatus, statusError } from '../status.ts';

/** What grpc-js's four kinds of server call have in common. */
export type ServerCall = EventEmitter &
  Pick<
    ServerUnaryCall<unknown, unknown>,
    'getAuthContext' | 'getDeadline' | 'getHost' | 'getPath' | 'getPeer' | 'metadata' | 'sendMetadata'
  >;

/** What a handler gets beside its requests. */
export interface HandlerContext {
  /**
   * Fires when nobody waits for the handler any more: the client cancelled or vanished, the deadline passed, the
   * server stops. Its reason is that status, as an error. It does not fire after a call that ended by itself.
   *
   * Where grpc-js ended the call over a message, one that is too large or that cannot be read, the client sees that
   * status, but the reason is CANCELLED: grpc-js does not tell the handler more.
   */
  readonly signal: AbortSignal;
  /** The grpc-js call: `metadata`, `getPeer()`, `getDeadline()`, `getPath()`, `sendMetadata()` for the headers. */
  readonly call: ServerCall;
  /** Metadata to send with the status. */
  readonly trailer: Metadata;
}

/** A client's deadline timer often fires before the server's: by the time that the request was on its way. */
const DEADLINE_TOLERANCE_MS = 50;
/**
 * How long the status of a stop waits for the messages before it. An error status overtakes what the client has not
 * read, and drops it (https://github.com/grpc/grpc-node/issues/2764); a client that keeps reading has it by then.
 */
const LAST_MESSAGES_MS = 100;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Every call that is being handled, by its grpc-js call; `OpenCalls` looks up here what it wants to end. */
export const handlerCalls = new WeakMap<ServerCall, HandlerCall>();

/** Who hears of errors that a handler threw and that are no status. */
export const errorListeners = new WeakMap<ServerCall, (error: unknown, call: ServerCall) => void>();

/** One call on the server, from its first byte to its status, whatever ends it. */
export class HandlerCall implements HandlerContext {
  readonly call: ServerCall;
  readonly trailer = new Metadata();
  /** Made when somebody asks for the signal; most handlers do not. */
  #controller: AbortController | undefined;
  #abortReason: ServiceError | undefined;
  readonly #requests: MessageQueue<unknown> | undefined;
  readonly #sendStatus: (error: ServiceError | undefined) => void;
  readonly #deadlineTimer: NodeJS.Timeout | undefined;
  #over = false;
  #wake: (() => void) | undefined;

  /**
   * @param requests what the handler reads; ended with the call
   * @param sendStatus sends OK, or the error's status; called once at most
   */
  constructor(
    call: ServerCall,
    requests: MessageQueue<unknown> | undefined,
    sendStatus: (error: ServiceError | undefined) => void,
  ) {
    this.call = call;
    this.#requests = requests;
    this.#sendStatus = sendStatus;
    handlerCalls.set(call, this);
    // It never comes once the client is gone; the end of the call wakes the sender too.
    call.on('drain', () => this.#wake?.());

    const timeLeft = () => Number(call.getDeadline()) - Date.now();
    const deadlineExceeded = () => statusError(status.DEADLINE_EXCEEDED, 'Deadline exceeded');
    // grpc-js has a timer too, but its status waits behind the messages that a stalled client does not read.
    if (timeLeft() < LONGEST_TIMER_MS) {
      this.#deadlineTimer = setTimeout(() => this.#abandon(deadlineExceeded()), timeLeft());
    }
    // grpc-js emits 'cancelled' at the end of every call, successful ones too; `#over` tells them apart.
    call.once('cancelled', () => {
      clearTimeout(this.#deadlineTimer);
      this.#abandon(
        timeLeft() < DEADLINE_TOLERANCE_MS ? deadlineExceeded() : statusError(status.CANCELLED, 'Call cancelled'),
      );
    });
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#abortReason) this.#controller.abort(this.#abortReason);
    }
    return this.#controller.signal;
  }

  /** True once the status is sent, or nobody is left to send it to. */
  get over(): boolean {
    return this.#over;
  }

  /** Runs the handler and ends the call with what comes of it. */
  async run(handler: () => Promise<void>): Promise<void> {
    try {
      await handler();
      this.end();
    } catch (error) {
      this.end(this.#toStatus(error));
    }
  }

  /** Ends the call with OK or with the error's status, unless it has ended. */
  end(error?: ServiceError): void {
    if (this.#over) return;
    this.#over = true;
    if (error && error === this.#abortReason) this.#sendStatusAfterMessages(error);
    else this.#sendStatus(error && this.#withTrailer(error));
    this.#requests?.clear();
    this.#requests?.end();
    this.#wake?.();
  }

  /** Ends the call with the reason, unless it has ended, and tells the handler, which is not waited for. */
  fail(reason: ServiceError): void {
    if (this.#over) return;
    this.#sendStatusAfterMessages(reason);
    this.#abandon(reason);
  }

  /** Asks the handler to come to an end: it reads what has arrived, then the reason instead of further requests. */
  interrupt(reason: ServiceError): void {
    if (this.#over) return;
    this.#requests?.end(reason);
    this.#abort(reason);
  }

  /** Resolves when the transport takes messages again, or the call is over. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#over) resolve();
      else this.#wake = resolve;
    });
  }

  /** Nobody waits for the handler any more. */
  #abandon(reason: ServiceError): void {
    if (this.#over) return;
    this.#over = true;
    this.#requests?.fail(reason);
    this.#abort(reason);
    this.#wake?.();
  }

  #sendStatusAfterMessages(error: ServiceError): void {
    setTimeout(() => this.#sendStatus(this.#withTrailer(error)), LAST_MESSAGES_MS);
  }

  #abort(reason: ServiceError): void {
    this.#abortReason ??= reason;
    this.#controller?.abort(reason);
  }

  #withTrailer(error: ServiceError): ServiceError {
    const metadata = this.trailer.clone();
    metadata.merge(error.metadata);
    // grpc-js throws on half a surrogate pair, outside of every handler.
    return statusError(error.code, error.details.toWellFormed(), metadata);
  }

  #toStatus(error: unknown): ServiceError {
    // What Node's own APIs throw when the signal fires has the reason as its cause.
    const reason = this.#abortReason;
    if (reason && (error === reason || (error instanceof Error && error.cause === reason))) return reason;
    if (isStatus(error)) return statusError(error.code, error.details, error.metadata ?? undefined);
    this.#report(error);
    // The text of an unexpected error may hold secrets; it is for the log only.
    return statusError(status.UNKNOWN, 'the server failed while handling this call');
  }

  #report(error: unknown): void {
    const report = errorListeners.get(this.call) ?? logError;
    try {
      report(error, this.call);
    } catch (listenerError) {
      // The client still needs its status.
      logError(listenerError, this.call);
    }
  }
}

function logError(error: unknown, call: ServerCall): void {
  console.error(`${call.getPath()}:`, error);
}
