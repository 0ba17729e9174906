import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import type { MessageQueue } from '../message-queue.ts';
import { programListenerOf } from '../program-listener.ts';
import { isStatus, statusError, statusOfCancel } from '../status.ts';
import { type HandledCall, registered } from './call-registry.ts';
import type { ServerCall } from './server-call.ts';

/** What a handler gets beside its requests. */
export interface HandlerContext {
  /**
   * Fires when nobody waits for the handler any more: the client cancelled or vanished, the deadline passed, the
   * server stops. Its reason is that status, as an error; a cancel within 50 ms of the deadline counts as its passing, and
   * has the details 'Call cancelled at its deadline'. It does not fire after a call that ended by itself.
   *
   * Where grpc-js ended the call over a message, one that is too large or that cannot be read, the client sees that
   * status, but the reason is CANCELLED: grpc-js does not tell the handler more.
   */
  readonly signal: AbortSignal;
  /** When the client stops waiting: a `Date` or milliseconds since 1970; `Infinity` for a call without a deadline. */
  readonly deadline: Date | number;
  /**
   * The grpc-js call: `metadata`, `getPeer()`, `getDeadline()`, `getPath()`; `sendMetadata()` for the headers, which go
   * out without it when a streaming handler waits for the first time.
   */
  readonly call: ServerCall;
  /** Metadata to send with the status. */
  readonly trailer: Metadata;
  /**
   * Keeps the headers back until the first response, or `call.sendMetadata()`: for a streaming handler whose headers
   * depend on what the client sends. To be called before it waits. A client that sends nothing before it has the
   * headers waits then for ever.
   */
  holdHeaders(this: HandlerContext): void;
  /**
   * Ends the call with this status, unless it is over: for one whose handler waits at a `yield` for a client that does
   * not read. The signal fires, and the handler is left there.
   */
  endNow(this: HandlerContext, reason: ServiceError): void;
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * One call on the server, from its first byte to its status:
 *
 * | what ends it | status sent | requests not yet read | signal |
 * | --- | --- | --- | --- |
 * | the handler returns: `#finish()` | OK | dropped | – |
 * | the handler throws: `#finish(error)` | that of the error | dropped | – |
 * | a stop begins: `askToEnd(reason)` | none; the handler goes on | read, then the reason | fires |
 * | a stop waits no longer: `endNow(reason)` | the reason | the reason instead | fires |
 * | the deadline passes: `#abandon(reason)` | DEADLINE_EXCEEDED, by grpc-js | the reason instead | fires |
 * | the client cancels, or is gone: `#abandon(reason)` | none; nobody is there | the reason instead | fires |
 *
 * The first of them that sends a status, or finds nobody to send it to, makes the call `over`; what comes later changes
 * nothing. A handler is not waited for then, and may run on.
 */
export class HandlerCall implements HandlerContext, HandledCall {
  readonly call: ServerCall;
  readonly trailer = new Metadata();
  /** True once the status is sent, or nobody is left to send it to. */
  over = false;
  /** Whether the headers are sent, by themselves or with a response, or held back. */
  hasSent = false;
  isRunning = true;
  /** Made when somebody asks for the signal; most handlers do not. */
  #controller: AbortController | undefined;
  #abortReason: ServiceError | undefined;
  readonly #requests: MessageQueue<unknown> | undefined;
  readonly #sendStatus: (error: ServiceError | undefined) => void;
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
    registered(call).handlerCall = this;

    const timeLeft = Math.max(0, Number(call.getDeadline()) - Date.now());
    const deadlineExceeded = () => statusError(status.DEADLINE_EXCEEDED, 'Deadline exceeded');
    // grpc-js has a timer too, but its status waits behind the messages that a stalled client does not read.
    const deadlineTimer =
      timeLeft < LONGEST_TIMER_MS ? setTimeout(() => this.#abandon(deadlineExceeded()), timeLeft) : undefined;
    // grpc-js emits 'cancelled' at the end of every call, successful ones too; `over` tells them apart.
    call.once('cancelled', () => {
      clearTimeout(deadlineTimer);
      if (this.over) return; // nearly every call: to make an error costs as much as to end one
      this.#abandon(statusOfCancel(call.getDeadline()));
    });
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#abortReason) this.#controller.abort(this.#abortReason);
    }
    return this.#controller.signal;
  }

  get deadline(): Date | number {
    return this.call.getDeadline();
  }

  /** Runs the handler and ends the call with what comes of it. */
  async run(handler: () => Promise<void>): Promise<void> {
    try {
      await handler();
      this.#finish();
    } catch (error) {
      this.#finish(this.#toStatus(error));
    }
    this.isRunning = false;
    registered(this.call).listener?.onHandlerEnd();
  }

  holdHeaders(): void {
    this.hasSent = true;
  }

  askToEnd(reason: ServiceError): void {
    if (this.over) return;
    this.#requests?.end(reason);
    this.#abort(reason);
  }

  endNow(reason: ServiceError): void {
    if (this.over) return;
    this.#sendStatus(this.#withTrailer(reason));
    this.#abandon(reason);
  }

  /** Resolves with the next {@link wake}, or when the call is over: the callback of a write never comes then. */
  woken(): Promise<void> {
    return new Promise((resolve) => {
      if (this.over) resolve();
      else this.#wake = resolve;
    });
  }

  /** Lets the sender go on. */
  wake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  #finish(error?: ServiceError): void {
    if (this.over) return;
    this.over = true;
    this.#sendStatus(error && this.#withTrailer(error));
    this.#requests?.clear();
    this.#requests?.end();
    this.wake();
  }

  /** Nobody waits for the handler any more. */
  #abandon(reason: ServiceError): void {
    if (this.over) return;
    this.over = true;
    this.#requests?.fail(reason);
    this.#abort(reason);
    this.wake();
  }

  #abort(reason: ServiceError): void {
    if (!this.#abortReason) programListenerOf(this.call)?.onSignal(reason);
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
    const report = registered(this.call).listener?.onError ?? logError;
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
