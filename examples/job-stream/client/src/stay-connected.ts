import { setTimeout as delay } from 'node:timers/promises';
import { type ServiceError, status } from '@grpc/grpc-js';

/** How a master that stops, dies, or cannot be reached looks to a worker. Any other failure would only happen again. */
const MASTER_IS_AWAY = new Set([status.UNAVAILABLE, status.CANCELLED, status.INTERNAL]);

/**
 * Runs sessions until one says that the worker is done, or the interrupt fires. After each one that ends early it
 * waits twice as long as before, from `firstMs` to `longestMs`, and starts over once a session was registered.
 *
 * @param session runs a session; calls `onRegistered` when the master answers; gives true when the worker is done
 * @throws ServiceError when a session fails in a way that repeating it would not mend
 */
export async function stayConnected(
  session: (onRegistered: () => void) => Promise<boolean>,
  {
    print,
    interrupted,
    firstMs = 250,
    longestMs = 5_000,
    wait = waitUnlessAborted,
  }: {
    print: (line: string) => void;
    interrupted: AbortSignal;
    firstMs?: number;
    longestMs?: number;
    wait?: (ms: number, signal: AbortSignal) => Promise<void>;
  },
): Promise<void> {
  let waitMs = firstMs;
  let toldOutage = false;
  const onRegistered = () => {
    waitMs = firstMs;
    toldOutage = false;
    print('connected to the master');
  };

  // #region reconnect
  while (!interrupted.aborted) {
    const why = await session(onRegistered).then(
      (done) => (done ? undefined : 'it ended the session'),
      (error: ServiceError) => {
        if (interrupted.aborted) return undefined;
        if (!MASTER_IS_AWAY.has(error.code)) throw error;
        return `${status[error.code]}: ${error.details}`;
      },
    );
    if (why === undefined) return;
    if (!toldOutage) print(`the master is away (${why}); retrying until it is back`);
    toldOutage = true;
    // Randomised, so that workers that lost their master together do not all come back together.
    await wait(waitMs * (0.5 + Math.random() / 2), interrupted);
    waitMs = Math.min(2 * waitMs, longestMs);
  }
  // #endregion
}

async function waitUnlessAborted(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {});
}
