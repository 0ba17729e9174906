import { createHook } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

/** The timers that were made since the row began: not those of Vitest, which come and go. */
const timers = new Map<number, NodeJS.Timeout>();

createHook({
  init(id, type, _triggerId, resource) {
    if (type === 'Timeout') timers.set(id, resource as NodeJS.Timeout);
  },
  destroy: (id) => void timers.delete(id),
}).enable();

/** How long the end of a row may take to close all that it has opened. */
const SETTLE_MS = 1_500;

/** What a row, which begins now, opens and leaves open. */
export class HandleWatch {
  readonly #before = sockets();

  constructor() {
    timers.clear();
  }

  /** The sockets, servers, processes and timers of the row that keep this process running, when it has settled. */
  async left(): Promise<string[]> {
    // Not by a timer, which would be one more.
    for (const end = performance.now() + SETTLE_MS; this.#open().length > 0 && performance.now() < end; ) {
      await setImmediate();
    }
    return this.#open();
  }

  #open(): string[] {
    const known = [...this.#before];
    const left = sockets().filter((handle) => {
      const index = known.indexOf(handle);
      if (index >= 0) known.splice(index, 1);
      return index < 0;
    });
    return [...left, ...[...timers.values()].filter((timer) => timer.hasRef()).map(() => 'Timeout')];
  }
}

function sockets(): string[] {
  return process.getActiveResourcesInfo().filter((kind) => /^(TCP|TLS|Pipe|Process)/.test(kind));
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
