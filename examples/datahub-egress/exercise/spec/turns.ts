import { setTimeout as delay } from 'node:timers/promises';

const TURN_MS = 5;

/**
 * Waits for a condition, for about this long; what it waits for happens in this process. It counts turns of the event
 * loop, not time, so that a busy machine gives both sides more time.
 *
 * @returns whether the condition holds
 */
export async function within(
  milliseconds: number,
  condition: () => boolean,
  options: { signal?: AbortSignal } = {},
): Promise<boolean> {
  for (let turns = milliseconds / TURN_MS; turns > 0 && !condition(); turns--) await delay(TURN_MS, undefined, options);
  return condition();
}
