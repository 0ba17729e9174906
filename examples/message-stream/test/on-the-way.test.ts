import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Client, credentials } from '@grpc/grpc-js';
import { stopLater, until } from '@grpc-by-example/testing';
import { startServer } from 'grpc-program/server';
import { bidiCall, bidiStreaming, STREAMING } from 'grpc-streams';
import {
  type IMessageServiceServer,
  MessageRequest,
  MessageResponse,
  MessageServiceClient,
  MessageServiceService,
} from 'message-proto';
import { expect, test } from 'vitest';
import { streamMessages } from '../client/src/stream-messages.ts';
import { messageService } from '../server/src/message-service.ts';

const KIB = 1024;
const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');

async function connect(service: IMessageServiceServer): Promise<MessageServiceClient> {
  const server = await startServer([[MessageServiceService, service]]);
  const client = new MessageServiceClient(`localhost:${server.port}`, credentials.createInsecure(), {
    ...STREAMING,
    'grpc.use_local_subchannel_pool': 1,
  });
  stopLater(() => {
    (client as Client).close();
    server.forceStop();
  });
  return client;
}

/** Counts the messages that a ticker makes. */
function counted<Message>(make: () => Message): { message: () => Message; atHalt(): Promise<number> } {
  let ticks = 0;
  return {
    message() {
      ticks += 1;
      return make();
    },
    /** Waits until nothing has ticked for three hundred turns of the event loop; gives how often it has by then. */
    async atHalt() {
      await until(() => ticks > 0);
      for (let last = -1; last !== ticks; ) {
        last = ticks;
        for (let turn = 0; turn < 300; turn++) await delay(1);
      }
      return ticks;
    },
  };
}

/** How many messages our server makes for a client that reads one and no more. */
async function toStalledClient(text: string): Promise<number> {
  const { message, atHalt } = counted(() => new MessageResponse().setMessage(text));
  const client = await connect(messageService({ log: () => {}, message, intervalMs: 1 }));
  const { responses } = bidiCall(client.streamMessages());
  await responses[Symbol.asyncIterator]().next();
  return (await atHalt()) - 1;
}

/** How many messages our client makes for a server that reads one and no more. */
async function toStalledServer(text: string): Promise<number> {
  const { message, atHalt } = counted(() => new MessageRequest().setName(text));
  const client = await connect({
    streamMessages: bidiStreaming(async function* (requests: AsyncIterable<MessageRequest>, { signal }) {
      await requests[Symbol.asyncIterator]().next();
      yield new MessageResponse();
      await once(signal, 'abort');
    }),
  });
  const stop = new AbortController();
  const streaming = streamMessages(client, { message, intervalMs: 1, print: () => {}, interrupted: stop.signal });
  streaming.catch(() => {}); // it fails when the server is stopped
  return (await atHalt()) - 1;
}

/** How many the walkthrough says, for messages of this size. */
function told(size: string): number {
  const [, node20 = '', newer = ''] = readme.match(new RegExp(`^\\| ${size} \\|(.*)\\|(.*)\\|$`, 'm')) ?? [];
  return Number((process.versions.node.startsWith('20.') ? node20 : newer).replaceAll(',', ''));
}

test.concurrent.each([
  ['100 B', 100],
  ['1 KiB', KIB],
  ['64 KiB', 64 * KIB],
])('so many messages of %s are on the way when the other side stops reading', async (size, bytes) => {
  const text = 'x'.repeat(bytes);
  const measured = await Promise.all([toStalledClient(text), toStalledServer(text)]);
  for (const count of measured) {
    const ratio = count / told(size);
    expect(ratio).toBeGreaterThan(0.7);
    expect(ratio).toBeLessThan(1.3);
  }
});
