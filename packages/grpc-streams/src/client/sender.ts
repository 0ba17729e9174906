import type { ClientWritableStream } from '@grpc/grpc-js';
import type { CallWatch } from './call-watch.ts';

export interface Sender<Request> {
  /**
   * Sends a message, and waits while the peer or the network is slow. Gives false once the call is over: nothing more
   * can be sent, and whoever reads learns why. The status is not thrown here, so that two tasks can share the call and
   * one of them reports its failure.
   */
  send(message: Request): Promise<boolean>;
  /**
   * Sends every message, then half-closes. Stops when the call is over; cancels it when the source throws.
   *
   * @returns whether it came to the half-close; false when the call was over before, even if with OK
   */
  sendAll(messages: Iterable<Request> | AsyncIterable<Request>): Promise<boolean>;
  /** Says that no more messages come. A later `send` throws. */
  halfClose(): void;
}

/**
 * So many messages may wait for a slow server, whatever their size, beside what the transport has taken. With one, the
 * half-close after a single message would go out in a packet of its own.
 */
const SEND_AHEAD = 2;

/** The sending half of a client call. */
export function senderOf<Request>(call: ClientWritableStream<Request>, watch: CallWatch): Sender<Request> {
  let taken: Promise<void> | undefined;
  let wake = () => {};
  const hasRoom = () => call.writableLength < SEND_AHEAD;
  const onTaken = () => {
    taken = undefined;
    wake();
  };
  // Once the call is over it is not called any more.
  const onWritten = () => {
    if (taken && hasRoom()) onTaken();
  };
  let isWatching = false;

  function whenTaken(): Promise<void> {
    taken ??= new Promise((resolve) => {
      wake = resolve;
    });
    if (!isWatching) watch.onOver(onTaken);
    isWatching = true;
    return taken;
  }

  /** Gives whether more may be sent at once. */
  function write(message: Request): boolean {
    if (call.writableEnded) throw new Error('send() after halfClose()');
    call.write(message, onWritten);
    return hasRoom();
  }

  async function send(message: Request): Promise<boolean> {
    if (watch.over) return false;
    if (!write(message)) await whenTaken();
    return !watch.over;
  }

  async function sendAll(messages: Iterable<Request> | AsyncIterable<Request>): Promise<boolean> {
    const iterator = Symbol.asyncIterator in messages ? messages[Symbol.asyncIterator]() : messages[Symbol.iterator]();
    try {
      while (!watch.over) {
        const step = iterator.next();
        const next = 'then' in step ? await watch.orOver(step) : step;
        if (next?.done) {
          halfClose();
          return true;
        }
        if (!next || watch.over) break;
        if (!write(next.value)) await whenTaken();
      }
    } catch (error) {
      call.cancel();
      void leave(iterator);
      throw error;
    }
    // Not awaited: a generator that waits for something else does not return before that comes.
    void leave(iterator);
    return false;
  }

  function halfClose(): void {
    call.end();
  }

  return { send, sendAll, halfClose };
}

async function leave(iterator: Iterator<unknown> | AsyncIterator<unknown>): Promise<void> {
  try {
    await iterator.return?.();
  } catch {
    // Its messages are not wanted any more, nor is its failure to stop.
  }
}
