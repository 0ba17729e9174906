import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from '@commander-js/extra-typings';

const { port } = new Command('play')
  .description('Serves a page, on this machine only, where one drives real calls to the examples and sees both sides.')
  .option('--port <port>', 'the port of the page; 0 takes any free one', parsePort, 0)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse()
  .opts();

const ended = new AbortController();
process
  .on('SIGINT', () => ended.abort())
  .on('SIGTERM', () => ended.abort())
  .on('SIGHUP', () => ended.abort());
// When pnpm is killed, or the shell in which it runs this process, nobody tells this process; one of the two gets another
// parent.
const family = ancestors();
setInterval(() => ancestors() !== family && ended.abort(), 500).unref();
process.stdout.on('error', () => ended.abort());

const { startPlayground } = await import('./web-server.ts');
try {
  const playground = await startPlayground(port);
  console.log(`Open this page: ${playground.url}\nCtrl-C ends it, and every server that it has started.`);
  if (!ended.signal.aborted) await new Promise((resolve) => ended.signal.addEventListener('abort', resolve));
  await playground.close();
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  console.error(
    code === 'EADDRINUSE' ? `Error: 127.0.0.1:${port} is in use; choose another port with --port` : `Error: ${message}`,
  );
  process.exitCode = 1;
}
// A WebSocket may still be closing.
process.exit();

/** The ids of the parent and, where there is a way to know, of its parent. */
function ancestors(): string {
  try {
    const [, after = ''] = readFileSync(`/proc/${process.ppid}/stat`, 'utf8').split(') ');
    return `${process.ppid} ${after.split(' ')[1]}`;
  } catch {
    return `${process.ppid}`;
  }
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('It must be a whole number from 0 to 65535.');
}
