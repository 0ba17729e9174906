// A client process of the load, as a child process of main.ts, whose orders it follows.
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { type CallOptions, credentials } from '@grpc/grpc-js';
import { STREAMING } from 'grpc-streams';
import { EchoClient } from './echo-service.ts';
import { Stream } from './stream.ts';
import { type ClientReport, newTally, type Order } from './tally.ts';

/** Streams that are opened at a time. */
const BATCH = 50;
/** While the others go on, so many of all streams end by half-close, and as many by a cancel. */
const CHURN_SHARE = 0.1;
const TICK_MS = 20;
const PROGRESS_MS = 250;

const [address = '', streamCount = 0, connections = 1] = process.argv
  .slice(2)
  .map((text, i) => (i ? Number(text) : text)) as [string, number, number];
const tally = newTally();
const clients = Array.from(
  { length: connections },
  () => new EchoClient(address, credentials.createInsecure(), { ...STREAMING, 'grpc.use_local_subchannel_pool': 1 }),
);
const streams: Stream[] = [];
const ends: Promise<void>[] = [];

// The parent is gone, whatever ended it.
const leave = () => process.exit();
process.on('disconnect', leave);
const progress = setInterval(() => tell('progress'), PROGRESS_MS);

while (streams.length < streamCount) {
  const batch = Array.from({ length: Math.min(BATCH, streamCount - streams.length) }, () => newStream());
  streams.push(...batch);
  await Promise.all(batch.map(({ answered }) => answered));
}
tell('done');

const { milliseconds, messagesPerSecond } = await nextOrder();
await converse(milliseconds, messagesPerSecond);
tell('done');

await nextOrder();
for (const stream of streams) stream.halfClose();
await Promise.all(ends);
for (const client of clients) client.close();
clearInterval(progress);
tell('done');
process.off('disconnect', leave).disconnect();

function newStream(options?: CallOptions): Stream {
  const stream = new Stream(clients[tally.opened % clients.length] as EchoClient, tally, options);
  ends.push(stream.ended);
  return stream;
}

/** Sends on streams taken at random, and ends one now and then. */
async function converse(milliseconds: number, messagesPerSecond: number): Promise<void> {
  const begin = performance.now();
  const all = (messagesPerSecond * milliseconds) / 1_000;
  const replaced: Promise<void>[] = [];
  let sent = 0;
  for (let share = 0; share < 1; await delay(TICK_MS)) {
    share = Math.min(1, (performance.now() - begin) / milliseconds);
    for (; sent < share * all; sent++) streams[Math.floor(Math.random() * streams.length)]?.send();
    while (replaced.length < Math.floor(share * 2 * CHURN_SHARE * streams.length))
      replaced.push(replace(replaced.length));
  }
  await Promise.all(replaced);
}

/** Ends a stream; the next in its place ends by its deadline, and the one after that stays. */
async function replace(index: number): Promise<void> {
  const old = streams[index];
  const brief = newStream({ deadline: Date.now() + 1_000 + Math.random() * 1_000 });
  streams[index] = brief;
  if (index % 2 === 0) old?.halfClose();
  else old?.cancel();
  await brief.ended;
  streams[index] = newStream();
}

async function nextOrder(): Promise<Order> {
  const [order] = await once(process, 'message');
  return order;
}

function tell(is: ClientReport['is']): void {
  // With a callback, it is no error when the parent has gone meanwhile.
  process.send?.({ is, tally } satisfies ClientReport, undefined, undefined, () => {});
}
