import { serverStreaming } from '../src/index.ts';
import { type Ask, answer, LARGE } from './test-client.ts';
import { Deferred } from './wait.ts';

/** More than fits between two ends; so a producer that nobody holds back comes to its end. */
export const MANY = 2_000;

/** A handler that yields large messages and tells how many, and with which signal it was left. */
export function producer() {
  const left = new Deferred<unknown>();
  const counter = { produced: 0, left: left.promise };
  const list = serverStreaming(async function* (_: Ask, { signal }) {
    try {
      while (counter.produced < MANY) yield answer(++counter.produced, LARGE);
    } finally {
      left.resolve(signal.reason);
    }
  });
  return { list, counter };
}
