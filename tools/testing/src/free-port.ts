import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Where to look next: by chance, so that two processes at once seldom look at the same. */
let nextPort = randomInt(20_000, 30_000);

/**
 * A free port, for a program that takes no port 0, or for one that leaves its port and comes back to it. It is given
 * once, and is below those that the system gives to whoever asks for any: of these, one that was free a moment ago may
 * be that of another program, or of a connection, even of one that looks whether somebody listens there.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = nextPort++;
    if (await isFree(port)) return port;
  }
}

/** On every address of this machine. */
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .listen(port, () => server.close(() => resolve(true)));
  });
}
