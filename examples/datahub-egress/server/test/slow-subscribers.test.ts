import { setTimeout as delay } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { heldBytes, openSocketsAndTimers, until } from '@grpc-by-example/testing';
import { ResponseGetDataPackageStream } from 'datahub-proto';
import { expect, test } from 'vitest';
import { Hub } from '../src/hub.ts';
import { type DataHubPeer, ingested, type Subscriber } from './datahub-peer.ts';
import { firstNumbers, ingestUntilHeldBack, large } from './large-packages.ts';
import { NEVER_MS, serve } from './start.ts';

const MIB = 2 ** 20;
const CAPACITY = 10;
/** With those who do not read; one that reads is given more, for the machine may be busy. */
const PATIENCE_MS = 500;
/** About as many large packages as are on their way, or in the buffers of both ends, when a client stops reading. */
const ON_THE_WAY = 60;

const numbersIn = (subscriber: Subscriber) => ingested(subscriber).map((value) => Number.parseInt(value, 10));

/** Subscribes, and reads no more than the first tick. */
async function stalled(peer: DataHubPeer): Promise<Subscriber> {
  const subscriber = await peer.subscribed();
  subscriber.call.pause();
  return subscriber;
}

test('a subscriber that does not read is given up; it gets what was kept, then the reason, then OK', async () => {
  const { server, hub, connect } = await serve({ capacity: CAPACITY, patienceMs: 6 * PATIENCE_MS });
  const slow = await stalled(connect());
  const subscriber = await connect().subscribed();

  expect(await connect().ingest(large(300))).toMatchObject({ isSuccess: true, dataPackageCount: '300' });
  expect(hub.size).toBe(1);
  await until(() => ingested(subscriber).length === 300);
  expect(numbersIn(subscriber)).toEqual(firstNumbers(300));

  slow.call.resume();
  expect(await slow.status).toMatchObject({ code: status.OK });
  const kept = ingested(slow).length;
  expect(kept).toBeGreaterThanOrEqual(CAPACITY);
  expect(kept).toBeLessThan(CAPACITY + ON_THE_WAY);
  expect(numbersIn(slow)).toEqual(firstNumbers(kept));
  expect(slow.responses.at(-1)).toEqual({
    LastError: 'you read too slowly: the hub does not keep more packages for you',
    tagName: 'SomeTagName',
    trackingGuid: slow.responses[0]?.trackingGuid,
  });
  expect(slow.responses).toHaveLength(1 + kept + 1);
  subscriber.call.cancel();
  await until(() => server.openCalls.size === 0);
});

test('many that do not read are all given up', async () => {
  const { hub, connect } = await serve({ capacity: CAPACITY, patienceMs: PATIENCE_MS });
  await Promise.all(firstNumbers(10).map(() => stalled(connect())));
  await connect().ingest(large(300));
  expect(hub.size).toBe(0);
});

test('many that do not read hold the ingest up once, not each in its turn', async () => {
  const hub = new Hub({ capacity: 1, patienceMs: NEVER_MS });
  const subscriptions = firstNumbers(10).map(() => hub.subscribe('tag'));
  const dataPackage = new ResponseGetDataPackageStream().setTagname('tag');
  await hub.publish(dataPackage);
  const others = openSocketsAndTimers().length;
  const publishing = hub.publish(dataPackage);
  // The patience with all of them runs at the same time.
  expect(openSocketsAndTimers().length - others).toBe(10);
  for (const subscription of subscriptions) subscription.leave();
  await publishing;
  expect(openSocketsAndTimers().length).toBe(others);
});

test('a hub that was held up itself gives up nobody for that', async () => {
  const hub = new Hub({ capacity: 1, patienceMs: 50 });
  const { messages } = hub.subscribe('tag');
  const dataPackage = new ResponseGetDataPackageStream().setTagname('tag');
  await hub.publish(dataPackage);
  const publishing = hub.publish(dataPackage);
  for (const end = performance.now() + 100; performance.now() < end; );
  await delay(1); // what is due comes first
  expect((await messages[Symbol.asyncIterator]().next()).done).toBe(false);
  await publishing;
  expect(hub.size).toBe(1);
});

test('other tags do not wait, and what waited for is not lost', async () => {
  const service = await serve({ capacity: CAPACITY, patienceMs: NEVER_MS });
  const slow = await stalled(service.connect());
  const { taken, response } = await ingestUntilHeldBack(service, 300);
  expect(taken).toBeLessThan(300);
  slow.call.resume();
  expect(await response).toMatchObject({ dataPackageCount: '300' });
  await until(() => ingested(slow).length === 300);
});

test('the ingest goes on at once when the one it waits for cancels', async () => {
  const service = await serve({ capacity: CAPACITY, patienceMs: NEVER_MS });
  const slow = await stalled(service.connect());
  const { response } = await ingestUntilHeldBack(service, 300);
  slow.call.cancel();
  expect(await response).toMatchObject({ dataPackageCount: '300' });
  await until(() => service.hub.size === 0);
});

test('a subscriber that pauses, and catches up in time, loses nothing', async () => {
  const [pauseMs, patienceMs, packages] = [500, 1_500, 120];
  const { hub, connect } = await serve({ capacity: CAPACITY, patienceMs });
  const pausing = await connect().subscribed();
  const sender = connect();
  // Longer than one pause may be: each time that it catches up, the hub's patience is new.
  for (let pauses = 1; pauses * pauseMs < patienceMs + pauseMs; pauses++) {
    pausing.call.pause();
    const ingesting = sender.ingest(large(packages));
    await delay(pauseMs);
    pausing.call.resume();
    await ingesting;
    await until(() => ingested(pausing).length === pauses * packages);
    expect(numbersIn(pausing).slice(-packages)).toEqual(firstNumbers(packages));
  }
  expect(hub.size).toBe(1);
});

test('subscribers that do not read do not hold more and more memory', async () => {
  const { connect } = await serve({ capacity: CAPACITY, patienceMs: PATIENCE_MS, logBytes: 0 });
  await Promise.all(firstNumbers(10).map(() => stalled(connect())));
  const sender = connect();
  await sender.ingest(large(200));
  const before = heldBytes();
  for (let round = 0; round < 5; round++) await sender.ingest(large(100));
  // 8 MiB would be kept for all of them together if all of it waited.
  expect(heldBytes() - before).toBeLessThan(5 * MIB);
});

test('a server that stops does not wait longer than its grace period for a subscriber that does not read', async () => {
  const { server, hub, connect } = await serve({ capacity: CAPACITY, patienceMs: NEVER_MS, graceMs: 100 });
  const slow = await stalled(connect());
  const { call, response } = connect().startIngest();
  for (const dataPackage of large(100)) call.write(dataPackage);
  await until(() => server.openCalls.size === 2);
  await server.stop();
  await expect(response).rejects.toMatchObject({ code: status.UNAVAILABLE });
  slow.call.resume();
  expect((await slow.status).code).not.toBe(status.OK);
  await until(() => hub.size === 0 && server.openCalls.size === 0);
});
