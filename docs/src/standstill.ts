import { setTimeout as delay } from 'node:timers/promises';

const TURN_MS = 10;
const TURNS = 25;

/**
 * Waits until nothing has moved for this many turns of the event loop, which both sides of a call share, or until there
 * is enough. It counts turns, not time: a process that has to wait for a busy machine makes none.
 */
export async function standstill(moved: () => number, isEnough = () => false): Promise<void> {
  let then = moved();
  for (let quiet = 0; quiet < TURNS && !isEnough(); quiet++) {
    await delay(TURN_MS);
    if (moved() !== then) quiet = 0;
    then = moved();
  }
}
