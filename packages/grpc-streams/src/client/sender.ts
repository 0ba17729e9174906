import { type ClientWritableStream, status } from '@grpc/grpc-js';
import type { CallWatch } from './call-watch.ts';

export interface Sender<Request> {
  /**
   * Sends a message, and waits while the peer or the network is slow. Gives false once the call is over: nothing more
   * can be sent, and whoever reads learns why. The status is not thrown here, so that two tasks can share the call and
   * one of them reports its failure.
   */
  send(message: Request): Promise<boolean>;
  /** Sends every message, then half-closes. Stops when the call is over; cancels it when the source throws. */
  sendAll(messages: Iterable<Request> | AsyncIterable<Request>): Promise<void>;
  /** Says that no more messages come. A later `send` throws. */
  halfClose(): void;
  /**
   * Ends the call with DEADLINE_EXCEEDED and these details unless the server ends it within so many milliseconds: for
   * one that may never answer the half-close. A deadline would have to be known when the call is made.
   */
  endWithin(milliseconds: number, details: string): void;
}

/** The sending half of a client call. */
export function senderOf<Request>(call: ClientWritableStream<Request>, watch: CallWatch): Sender<Request> {
  let drained: Promise<void> | undefined;
  let wake = () => {};
  const onDrained = () => {
    drained = undefined;
    wake();
  };
  // After the half-close 'finish' comes instead of 'drain'; once the call is over, neither does.
  call.on('drain', onDrained).on('finish', onDrained);
  watch.onOver(onDrained);

  function whenDrained(): Promise<void> {
    drained ??= new Promise((resolve) => {
      wake = resolve;
    });
    return drained;
  }

  function write(message: Request): boolean {
    if (call.writableEnded) throw new Error('send() after halfClose()');
    return call.write(message);
  }

  async function send(message: Request): Promise<boolean> {
    if (watch.over) return false;
    if (!write(message)) await whenDrained();
    return !watch.over;
  }

  async function sendAll(messages: Iterable<Request> | AsyncIterable<Request>): Promise<void> {
    const iterator = Symbol.asyncIterator in messages ? messages[Symbol.asyncIterator]() : messages[Symbol.iterator]();
    try {
      while (!watch.over) {
        const step = iterator.next();
        const next = 'then' in step ? await watch.orOver(step) : step;
        if (next?.done) return halfClose();
        if (!next || watch.over) break;
        if (!write(next.value)) await whenDrained();
      }
    } catch (error) {
      call.cancel();
      void leave(iterator);
      throw error;
    }
    // Not awaited: a generator that waits for something else does not return before that comes.
    void leave(iterator);
  }

  function halfClose(): void {
    call.end();
  }

  function endWithin(milliseconds: number, details: string): void {
    if (watch.over) return;
    const late = setTimeout(() => call.call?.cancelWithStatus(status.DEADLINE_EXCEEDED, details), milliseconds);
    watch.onOver(() => clearTimeout(late));
  }

  return { send, sendAll, halfClose, endWithin };
}

async function leave(iterator: Iterator<unknown> | AsyncIterator<unknown>): Promise<void> {
  try {
    await iterator.return?.();
  } catch {
    // Its messages are not wanted any more, nor is its failure to stop.
  }
}
