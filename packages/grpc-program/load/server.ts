// The server under load, as a child process of main.ts. Tells how it stands when it is asked.
import { setTimeout as delay } from 'node:timers/promises';
import { bidiStreaming } from 'grpc-streams';
import { onInterrupt } from '../src/interrupts.ts';
import { startServer } from '../src/server/index.ts';
import { definition, type Words } from '../test/echo-service.ts';
import type { ServerState } from './tally.ts';

let gaps = 0;

/** Says again what it hears, and counts what is not the next message of its stream. */
const talk = bidiStreaming<Words, Words>(async function* (words) {
  let next = 1;
  for await (const { text } of words) {
    if (Number(text) !== next) gaps += 1;
    next = Number(text) + 1;
    yield { text };
  }
});

const server = await startServer([[definition, { talk }]]);
onInterrupt(
  () => void server.stop().then(() => process.disconnect?.()),
  () => server.forceStop(),
);
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
