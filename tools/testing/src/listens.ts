import { randomInt } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { PATIENCE_MS } from './patience.ts';

/** Below the ports that systems give to programs that ask for any. */
const [LOWEST, HIGHEST] = [20_000, 29_999];

/**
 * A port of this machine that nobody listens on, for a program that has to be told it, or comes back at it: nobody gets it
 * by chance meanwhile.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST + 1);
    if (!(await isListening(port))) return port;
  }
}

/** Waits until nobody listens on a port of this machine. */
export async function nobodyListens(port: number): Promise<void> {
  while (await isListening(port)) await delay(20);
}

/** Whether somebody listens on a port of this machine. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    // By itself Node gives an address 250 ms to answer and goes on to the next, also when it was this process that slept.
    const socket = connect({ port, host: 'localhost', autoSelectFamilyAttemptTimeout: PATIENCE_MS });
    socket.on('error', () => resolve(false));
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
