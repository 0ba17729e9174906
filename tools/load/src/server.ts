// The server under load, as a child process of main.ts. Tells how it stands when it is asked.
import { setTimeout as delay } from 'node:timers/promises';
import { startServer } from 'grpc-program/server';
import { echo } from './echo-handler.ts';
import { definition } from './echo-service.ts';
import type { ServerState } from './tally.ts';

let gaps = 0;

const server = await startServer([[definition, { talk: echo(() => gaps++) }]]);
process.on('SIGTERM', () => void server.stop().then(() => process.disconnect?.()));
process.on('message', () => void tell());
// The parent is gone, whatever ended it.
process.on('disconnect', () => void server.stop());
await tell();

async function tell(): Promise<void> {
  // Twice, with a turn between: what the first frees can free more.
  for (let i = 0; i < 2; i++) {
    globalThis.gc?.();
    await delay(50);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  const state: ServerState = {
    port: server.port,
    openCalls: server.openCalls.size,
    sockets: process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length,
    heap: heapUsed + external,
    rss,
    gaps,
  };
  // With a callback, it is no error when the parent has gone meanwhile.
  process.send?.(state, undefined, undefined, () => {});
}
