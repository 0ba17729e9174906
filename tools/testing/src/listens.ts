import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { PATIENCE_MS } from './patience.ts';

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
