import { setTimeout } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

/** What keeps this process running. */
function openHandles(): string[] {
  return process.getActiveResourcesInfo().filter((kind) => /^(TCP|TLS|Pipe|Process|Timeout)/.test(kind));
}

/** The least that keeps this process running while no row does: Vitest has timers that come and go. */
export async function idleHandles(): Promise<string[]> {
  let least = openHandles();
  for (const end = performance.now() + 500; performance.now() < end; await setTimeout(5)) {
    if (openHandles().length < least.length) least = openHandles();
  }
  return least;
}

/** What keeps this process running, and did not when it was idle. */
export function newHandles(idle: readonly string[]): string[] {
  const known = [...idle];
  return openHandles().filter((handle) => {
    const index = known.indexOf(handle);
    if (index >= 0) known.splice(index, 1);
    return index < 0;
  });
}

/** Collects, for the test that calls it, the errors that nobody catches. */
export function uncaughtErrors(): string[] {
  const errors: string[] = [];
  const listener = (error: unknown) => errors.push(String(error));
  for (const event of ['unhandledRejection', 'uncaughtException']) {
    process.on(event, listener);
    onTestFinished(() => void process.off(event, listener));
  }
  return errors;
}
