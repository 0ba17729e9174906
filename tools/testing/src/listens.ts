import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Waits until nobody listens on a port of this machine. */
export async function nobodyListens(port: number): Promise<void> {
  while (await isListening(port)) await delay(20);
}

/** Whether somebody listens on a port of this machine. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, 'localhost');
    socket.on('error', () => resolve(false));
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
