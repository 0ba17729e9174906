import { join } from 'node:path';
import { readTraceLine } from 'stream-trace';
import { DemoProgram } from './demo-program.ts';
import type { Example } from './examples.ts';
import type { Screen } from './screen.ts';

/**
 * Runs an example's server, on a free port, and its clients as processes, and shows what happens on the wire and what
 * both print.
 *
 * @param paceMs how long a client waits before each message
 * @param interrupted the reader has had enough: everything ends in order
 * @returns the exit code: that of the client that failed, or of a server that did not start
 */
export async function runDemo(
  { folder, name, clients }: Example,
  { screen, paceMs, interrupted }: { screen: Screen; paceMs: number; interrupted: AbortSignal },
): Promise<number> {
  let ready: (address: string) => void = () => {};
  const address = new Promise<string>((resolve) => {
    ready = resolve;
  });
  const server = new DemoProgram(join(folder, 'server'), ['--port', '0', '--trace', '--log-level', 'warn'], (line) => {
    const [, start, at] = line.match(/^(\S+ listens on (\S+))\. /) ?? [];
    if (at) ready(at);
    show(screen, 'server', start ?? line);
  });
  const stopServer = () => server.stop();
  interrupted.addEventListener('abort', stopServer);
  try {
    for (const args of clients) {
      const at = await Promise.race([address, server.exitCode]);
      if (typeof at === 'number') return at;
      if (interrupted.aborted) return 0;
      screen.title(['pnpm --filter', `${name}-client start`, ...args].join(' '));
      const options = ['--address', at, `--trace=${paceMs}`];
      const client = new DemoProgram(join(folder, 'client'), [...args, ...options], (line) => {
        show(screen, 'client', line);
      });
      const exitCode = await client.exitCode;
      screen.flush();
      if (interrupted.aborted) return 0;
      if (exitCode !== 0) return exitCode;
    }
    return 0;
  } finally {
    interrupted.removeEventListener('abort', stopServer);
    server.stop();
    await server.exitCode;
    screen.flush();
  }
}

function show(screen: Screen, side: 'client' | 'server', line: string): void {
  const event = readTraceLine(line);
  if (event) screen.draw(event);
  else screen.show(side, line);
}
