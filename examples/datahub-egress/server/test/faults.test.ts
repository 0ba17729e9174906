import { status } from '@grpc/grpc-js';
import { openSocketsAndTimers, Program, soon, until } from 'testing';
import { expect, onTestFinished, test } from 'vitest';
import { cancel, ingested, type Subscriber, sent } from './datahub-peer.ts';
import { ingestUntilHeldBack, large } from './large-packages.ts';
import { type DataHub, serve } from './start.ts';

/** Starts a process with so many subscribers, and waits until all of them are subscribed. */
async function startSubscribers({ server }: DataHub, count: number, how = 'reading'): Promise<Program> {
  const fixture = ['node', '--import', 'tsx', 'test/fixtures/subscribers.ts'];
  const program = new Program([...fixture, `${server.port}`, `${count}`, how]);
  onTestFinished(() => program[Symbol.asyncDispose]());
  await program.prints(/all subscribed/);
  return program;
}

/** Checks that a server whose clients are gone keeps nothing of them, and that a new client works. */
async function checkNothingIsLeft({ server, hub, connect }: DataHub): Promise<void> {
  await until(() => hub.size === 0 && server.openCalls.size === 0);
  await until(() => openSocketsAndTimers().length === 0).catch(() => {});
  expect(openSocketsAndTimers()).toEqual([]);
  const peer = connect();
  const subscriber = await peer.subscribed();
  expect(await peer.send({ ...sent(), tagValue: ['A01'] })).toMatchObject({ dataPackageCount: '1' });
  await subscriber.received(2);
  await cancel(subscriber);
}

test('a thousand subscribers come and go, by cancel, kill and deadline, and leave nothing behind', async () => {
  const service = await serve({ tickMs: 100 });
  for (const round of [1, 2]) {
    const killed = await startSubscribers(service, 100);
    const peers = Array.from({ length: 4 }, () => service.connect());
    const subscribe = (milliseconds: number): Subscriber[] =>
      peers.flatMap((peer) => Array.from({ length: 50 }, () => peer.subscribe({}, soon(milliseconds))));
    const [cancelled, late] = [subscribe(60_000), subscribe(2_000)];
    await until(() => service.hub.size === 500);
    expect(openSocketsAndTimers().length, `round ${round}`).toBeGreaterThan(500);
    await peers[0]?.send({ ...sent(), tagValue: ['A01', 'A02'] });
    await until(() => cancelled.every((subscriber) => ingested(subscriber).length === 2));

    killed.signal('SIGKILL');
    for (const { call } of cancelled) call.cancel();
    for (const subscriber of cancelled) expect(await subscriber.status).toMatchObject({ code: status.CANCELLED });
    for (const subscriber of late) expect(await subscriber.status).toMatchObject({ code: status.DEADLINE_EXCEEDED });
    for (const peer of peers) peer.close();
  }
  await checkNothingIsLeft(service);
}, 60_000);

test('subscribers that are killed while the ingest waits for them are not waited for', async () => {
  const service = await serve({ capacity: 10, patienceMs: 60_000 });
  const stalled = await startSubscribers(service, 3, 'stalled');
  const { taken, reply } = await ingestUntilHeldBack(service, 300);
  expect(taken).toBeLessThan(300);
  stalled.signal('SIGKILL');
  expect(await reply).toMatchObject({ dataPackageCount: '300' });
  await until(() => service.hub.size === 0);
}, 20_000);

test('a subscriber that is frozen is given up, the others go on; thawed, it is told', async () => {
  const service = await serve({ capacity: 10, patienceMs: 3_000 });
  const frozen = await startSubscribers(service, 1);
  const subscriber = await service.connect().subscribed({}, soon(20_000));
  frozen.signal('SIGSTOP');
  await service.connect().ingest(large(500), soon(20_000));
  expect(service.hub.size).toBe(1);
  await until(() => ingested(subscriber).length === 500, 10_000);
  // Its call is still there, with what was kept for it; it ends when the process reads on.
  expect(service.server.openCalls.size).toBe(2);
  frozen.signal('SIGCONT');
  await until(() => service.server.openCalls.size === 1, 10_000);
}, 30_000);

test('many subscribers that keep up are not given up because they are many', async () => {
  const service = await serve({ patienceMs: 2_000 });
  await startSubscribers(service, 300);
  const tagValue = Array.from({ length: 500 }, (_, n) => `${n}`);
  await service.connect().send({ ...sent(), tagValue }, soon(20_000));
  expect(service.hub.size).toBe(300);
}, 20_000);
