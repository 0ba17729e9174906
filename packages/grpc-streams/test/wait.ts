import { setImmediate, setTimeout } from 'node:timers/promises';

/** A promise that a test settles by hand: `Promise.withResolvers`, which Node 20 does not have. */
export class Deferred<Value = void> {
  resolve: (value: Value) => void = () => {};
  readonly promise = new Promise<Value>((resolve) => {
    this.resolve = resolve;
  });
}

/**
 * Waits until the count has risen and then not changed for a while, and gives it: what "it stops" means in a test. The
 * while is one of turns of the event loop too: a large message takes hundreds, for which a busy machine has no time.
 */
export async function standstill(count: () => number): Promise<number> {
  for (let last = 0, still = 0; still < 10; ) {
    await setTimeout(20);
    for (let turn = 0; turn < 100; turn++) await setImmediate();
    still = count() > 0 && count() === last ? still + 1 : 0;
    last = count();
  }
  return count();
}

/** Reads to the end. */
export async function all<Message>(messages: AsyncIterable<Message>): Promise<Message[]> {
  const read: Message[] = [];
  for await (const message of messages) read.push(message);
  return read;
}

/** What the promise rejects with; fails when it resolves. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
