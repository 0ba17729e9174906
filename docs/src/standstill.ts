import { setTimeout as delay } from 'node:timers/promises';

const TURN_MS = 10;
const TURNS = 25;

/**
 * Waits until nothing has moved for so many turns of the event loop, which both sides of a call share, or that is
 * enough. Turns, not a time: a process that a busy machine lets wait makes none.
 */
export async function standstill(moved: () => number, isEnough = () => false): Promise<void> {
  let then = moved();
  for (let quiet = 0; quiet < TURNS && !isEnough(); quiet++) {
    await delay(TURN_MS);
    if (moved() !== then) quiet = 0;
    then = moved();
  }
}
