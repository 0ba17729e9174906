import { setTimeout as delay } from 'node:timers/promises';
import { PATIENCE_MS } from './patience.ts';

/** Before the test itself is given up, so that what waited can say for what. */
const HANGS_MS = PATIENCE_MS - 10_000;

/** The deadline that every call in a test has, so that one that hangs fails as DEADLINE_EXCEEDED. */
export function soon(): { deadline: number } {
  return { deadline: Date.now() + HANGS_MS };
}

/** A deadline that is what a test is about. */
export function deadlineIn(milliseconds: number): { deadline: number } {
  return { deadline: Date.now() + milliseconds };
}

/** Waits until the condition holds, for what no event tells. */
export async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + HANGS_MS;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`never happened: ${condition}`);
    await delay(5);
  }
}

/** Runs a program that ends by itself after so many seconds, with more of them until it got as far as it must. */
export async function longEnough<Result>(
  run: (seconds: number) => Promise<Result>,
  isThere: (result: Result) => boolean,
): Promise<Result> {
  for (let seconds = 1.5; ; seconds *= 4) {
    const result = await run(seconds);
    if (isThere(result) || seconds * 1_000 > HANGS_MS / 4) return result;
  }
}

/** Gives what the promise gives; rejects in these words when that hangs. */
export async function orHangs<Value>(promise: Promise<Value>, words: () => string): Promise<Value> {
  const timer = new AbortController();
  const hang = delay(HANGS_MS, undefined, { signal: timer.signal }).then(
    () => Promise.reject(new Error(words())),
    () => new Promise<never>(() => {}),
  );
  try {
    return await Promise.race([promise, hang]);
  } finally {
    timer.abort();
  }
}

/** The sockets and timers that keep this process running. A server that only listens has none. */
export function openSocketsAndTimers(): string[] {
  return process.getActiveResourcesInfo().filter((kind) => /^(TCPSocketWrap|TLSWrap|Timeout)$/.test(kind));
}
