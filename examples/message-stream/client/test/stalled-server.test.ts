import { setTimeout as delay } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { heldBytes, until } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import type { PeerCall } from './message-peer.ts';
import { type Streaming, startStreaming } from './start.ts';

const MIB = 2 ** 20;
/** More than are on the way to a server that stops reading: 16 at each end, 4 in the buffer, 64 KiB here and there. */
const ON_THE_WAY = 60;

/** A server that reads one message and no more until it is told to, and ends when the client half-closes. */
function stalledServer() {
  let read = 0;
  const calls: PeerCall[] = [];
  const service = (call: PeerCall) => {
    calls.push(call);
    call.on('data', () => {
      read += 1;
      if (read === 1) call.pause();
    });
    call.on('end', () => call.end());
  };
  const each = (action: (call: PeerCall) => void) => calls.forEach(action);
  return { service, read: () => read, each };
}

/** Waits until nothing has ticked for two hundred turns of the event loop; gives how often it has ticked by then. */
async function ticksAtHalt({ ticks }: Streaming, most = 1_000): Promise<number> {
  await until(() => ticks() > 0);
  for (let last = -1; last !== ticks() && last < most; ) {
    last = ticks();
    for (let turn = 0; turn < 200; turn++) await delay(1);
  }
  return ticks();
}

test('the ticker stands still while the server does not read, and goes on when it reads', async () => {
  const { service, read, each } = stalledServer();
  const options = { text: 'x'.repeat(64 * 1024), intervalMs: 1 };
  const streaming = await startStreaming(service, options);
  const ticks = await ticksAtHalt(streaming);
  expect(ticks).toBeGreaterThanOrEqual(5); // the one that was read, and a full buffer
  expect(ticks).toBeLessThan(ON_THE_WAY);
  each((call) => call.resume());
  await until(() => read() > ticks + 50);
  streaming.interrupt();
  await streaming.ended;
  expect(read()).toBe(streaming.ticks()); // none is dropped
});

test('a server that does not read costs a bounded memory, however long it stalls', async () => {
  const { service, each } = stalledServer();
  const before = heldBytes();
  const streaming = await startStreaming(service, { text: 'x'.repeat(MIB), intervalMs: 1 });
  const ticks = await ticksAtHalt(streaming);
  expect(ticks).toBeLessThan(ON_THE_WAY);
  const atHalt = heldBytes();
  for (let turn = 0; turn < 500; turn++) await delay(1);
  expect(streaming.ticks()).toBe(ticks);
  expect(heldBytes() - atHalt).toBeLessThan(20 * MIB);
  // Both ends are in this process: the same messages twice or three times.
  expect(atHalt - before).toBeLessThan(100 * MIB);
  each((call) => call.resume());
  streaming.interrupt();
  await streaming.ended;
});

test('what the server says is printed meanwhile', async () => {
  const { service, each } = stalledServer();
  const options = { text: 'x'.repeat(64 * 1024), intervalMs: 1 };
  const streaming = await startStreaming(service, options);
  await ticksAtHalt(streaming);
  each((call) => call.write({ message: 'I do not listen' }));
  await until(() => streaming.printed.length === 1);
  expect(streaming.printed).toEqual(['Received message: I do not listen']);
  each((call) => call.resume());
  streaming.interrupt();
  await streaming.ended;
});

test('a stalled server cannot be half-closed; once the count is there, it is left after a while', async () => {
  const { service, each } = stalledServer();
  const options = { text: 'x'.repeat(64 * 1024), intervalMs: 1, count: 1, orderlyEndMs: 100 };
  const streaming = await startStreaming(service, options);
  await ticksAtHalt(streaming);
  each((call) => call.write({ message: 'one' }));
  await expect(streaming.ended).rejects.toMatchObject({
    code: status.DEADLINE_EXCEEDED,
    details: expect.stringContaining('did not end the call within 0.1 s'),
  });
});
