import { test } from 'vitest';
import { tasks } from '../src/tasks.ts';
import { within } from './turns.ts';

/** Whose work to check: `start`, or what the variable EXERCISE says. */
export const folder = process.env.EXERCISE ?? 'start';

const LONGEST_MS = 4_000;
/** Vitest's own bound would be the first to fail on a busy machine. */
const NO_BOUND = { timeout: 120_000 };

/** Declares a test for a task. Whatever fails in it names the TODO, and gives the first hint. */
export function task(number: number, check: () => Promise<void>): void {
  const found = tasks[number - 1];
  if (!found) throw new Error(`there is no task ${number}`);
  const { title, file, hints } = found;
  test(`Task ${number}: ${title}`, NO_BOUND, async () => {
    const over = new AbortController();
    try {
      // Work in progress may wait for ever; that is reported like any other failure.
      await Promise.race([check(), tooLong(over.signal)]);
    } catch (error) {
      if (error instanceof Error) {
        error.message = `TODO ${number} in ${folder}/${file}: ${error.message}\nHint: ${hints[0]}\nFor more: pnpm --filter datahub-exercise hint ${number}`;
      }
      throw error;
    } finally {
      over.abort();
    }
  });
}

/** Fails in these words, and no others, unless it is true. */
export function check(isTrue: boolean, what: string): void {
  if (isTrue) return;
  const error = new Error(`${what}: not yet`);
  Error.captureStackTrace(error, check); // so that Vitest shows the line that wants it
  throw error;
}

async function tooLong(signal: AbortSignal): Promise<never> {
  await within(LONGEST_MS, () => false, { signal });
  throw new Error(`it takes longer than ${LONGEST_MS / 1_000} s`);
}
