import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

/** How many messages may wait between the ticker and the stream. */
const BUFFER = 4;

/**
 * Makes a message at once and then at every interval, until it is stopped. While the buffer is full it makes none,
 * and it does not make up for them later.
 */
export function ticker<Message>(
  message: () => Message,
  intervalMs: number,
  stopped: AbortSignal,
): AsyncIterable<Message> {
  return Readable.from(ticks(message, intervalMs, stopped), { highWaterMark: BUFFER });
}

async function* ticks<Message>(
  message: () => Message,
  intervalMs: number,
  stopped: AbortSignal,
): AsyncGenerator<Message> {
  // #region ticks
  while (!stopped.aborted) {
    yield message();
    // Not setInterval: it keeps counting while nobody asks, and then gives all that was missed at once.
    await delay(intervalMs, undefined, { signal: stopped }).catch(() => {}); // stopped
  }
  // #endregion
}
