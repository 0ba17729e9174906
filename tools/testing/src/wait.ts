import { setTimeout as delay } from 'node:timers/promises';

/** The deadline that every call in a test has, so that one that hangs fails as DEADLINE_EXCEEDED. */
export function soon(milliseconds = 4_000): { deadline: number } {
  return { deadline: Date.now() + milliseconds };
}

/** Waits until the condition holds, for what no event tells; rejects when the time is up. */
export async function until(condition: () => boolean, withinMs = 4_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${condition}`);
    await delay(5);
  }
}

/** The sockets and timers that keep this process running. A server that only listens has none. */
export function openSocketsAndTimers(): string[] {
  return process.getActiveResourcesInfo().filter((kind) => /^(TCPSocketWrap|TLSWrap|Timeout)$/.test(kind));
}
