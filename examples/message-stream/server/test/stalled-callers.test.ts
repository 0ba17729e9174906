import { setTimeout as delay } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { type Conversation, heldBytes, until } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import type { Request, Response } from '../../proto/test/contract.mts';
import { type MessageServer, serve, startCallers } from './start.ts';

const LARGE = { text: 'x'.repeat(64 * 1024), intervalMs: 1 };
/** More than are on the way to a caller that stops reading: 16 at each end, 4 in the buffer, 64 KiB in the network. */
const ON_THE_WAY = 60;
const MIB = 2 ** 20;

/** A caller that has read one message, and reads no more. */
async function startStalled({ connect }: MessageServer): Promise<Conversation<Request, Response>> {
  const caller = connect().streamMessages();
  await caller.received(1);
  caller.call.pause();
  return caller;
}

/** Waits until nothing has ticked for two hundred turns of the event loop; gives how often it has ticked by then. */
async function ticksAtHalt({ ticks }: MessageServer, most: number): Promise<number> {
  for (let last = -1; last !== ticks() && last < most; ) {
    last = ticks();
    for (let turn = 0; turn < 200; turn++) await delay(1);
  }
  return ticks();
}

test('the ticker of a caller that does not read stands still, and goes on when it reads', async () => {
  const service = await serve(LARGE);
  const stalled = await startStalled(service);
  const ticks = await ticksAtHalt(service, 1_000);
  expect(ticks).toBeGreaterThanOrEqual(5); // the one that was read, and a full buffer
  expect(ticks).toBeLessThan(ON_THE_WAY);

  stalled.call.resume();
  await stalled.received(ticks + 50);
  stalled.call.end();
  expect(await stalled.status).toMatchObject({ code: status.OK });
  expect(stalled.responses).toHaveLength(service.ticks()); // none is dropped
});

test('what was not ticked meanwhile is not made up for', async () => {
  const service = await serve({ ...LARGE, intervalMs: 20 });
  const stalled = await startStalled(service);
  await ticksAtHalt(service, 1_000);
  // A ticker that counts on would owe more than twenty by the end of this.
  const ticks = service.ticks();
  for (let turn = 0; turn < 300; turn++) await delay(1);
  const start = performance.now();
  stalled.call.resume();
  await stalled.received(ticks + 10);
  expect(performance.now() - start).toBeGreaterThan(8 * 19);
});

test('callers that do not read cost a bounded memory, however long they stall', async () => {
  const service = await serve({ text: 'x'.repeat(MIB), intervalMs: 1 });
  const before = heldBytes();
  for (let n = 1; n <= 3; n++) await startStalled(service);
  const ticks = await ticksAtHalt(service, 3_000);
  expect(ticks).toBeLessThan(3 * ON_THE_WAY);
  const atHalt = heldBytes();
  for (let turn = 0; turn < 500; turn++) await delay(1);
  expect(service.ticks()).toBe(ticks);
  expect(heldBytes() - atHalt).toBeLessThan(20 * MIB);
  // Both ends are in this process: the same messages twice or three times.
  expect(atHalt - before).toBeLessThan(200 * MIB);
});

test('a caller that does not read holds up neither the others nor its own requests', async () => {
  const service = await serve(LARGE);
  const stalled = await startStalled(service);
  await ticksAtHalt(service, 1_000);
  const neighbour = service.connect().streamMessages();
  await neighbour.received(100);
  stalled.send({ name: 'I do not listen' });
  await until(() => service.log.length === 1);
  expect(service.log).toEqual(['Received request: I do not listen']);
});

test('the ticker of a client that is frozen stands still, and goes on when it wakes', async () => {
  const service = await serve(LARGE);
  const client = await startCallers(service, 1);
  client.signal('SIGSTOP');
  const before = service.ticks();
  const ticks = await ticksAtHalt(service, before + 1_000);
  expect(ticks - before).toBeLessThan(ON_THE_WAY);
  client.signal('SIGCONT');
  await until(() => service.ticks() > ticks + 50);
});

test('a caller that half-closes without reading gets what has been ticked, then OK', async () => {
  const service = await serve(LARGE);
  const stalled = await startStalled(service);
  const ticks = await ticksAtHalt(service, 1_000);
  stalled.send({ name: 'Bye' });
  stalled.call.end();
  await until(() => service.log.length === 1);
  stalled.call.resume();
  expect(await stalled.status).toMatchObject({ code: status.OK });
  expect(stalled.responses.length).toBe(service.ticks());
  expect(service.ticks()).toBeLessThanOrEqual(ticks + 1);
});

test('a server that stops does not wait longer than its grace period for a caller that does not read', async () => {
  const service = await serve({ ...LARGE, graceMs: 100 });
  const stalled = await startStalled(service);
  const ticks = await ticksAtHalt(service, 1_000);
  await service.server.stop();
  stalled.call.resume();
  expect((await stalled.status).code).not.toBe(status.OK);
  expect(service.ticks()).toBeLessThanOrEqual(ticks + 1);
  await until(() => service.server.openCalls.size === 0);
});
