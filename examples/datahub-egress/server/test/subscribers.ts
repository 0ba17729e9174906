import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { deadlineIn, openSocketsAndTimers, type Program, programCommand, until } from '@grpc-by-example/testing';
import { startProgram } from '@grpc-by-example/testing/program-tests';
import { expect } from 'vitest';
import { cancel, ingested, sent } from './datahub-peer.ts';
import type { DataHub } from './start.ts';

/** Starts a process with so many subscribers, and waits until all of them are subscribed. */
export async function startSubscribers({ server }: DataHub, count: number, how = 'reading'): Promise<Program> {
  const fixture = join(import.meta.dirname, 'fixtures/subscribers.ts');
  const program = startProgram(programCommand(fixture, `${server.port}`, `${count}`, how));
  await program.prints(/all subscribed/);
  return program;
}

/** Checks that a server whose clients are gone keeps nothing of them, and that a new client works. */
export async function checkNothingIsLeft({ server, hub, connect }: DataHub): Promise<void> {
  await until(() => hub.size === 0 && server.openCalls.size === 0);
  await until(() => openSocketsAndTimers().length === 0).catch(() => {});
  expect(openSocketsAndTimers()).toEqual([]);
  const peer = connect();
  const subscriber = await peer.subscribed();
  expect(await peer.send({ ...sent(), tagValue: ['A01'] })).toMatchObject({ dataPackageCount: '1' });
  await subscriber.received(2);
  await cancel(subscriber);
}

/** So many subscribers come and go in each of three ways: by cancel, kill and deadline. */
export async function comeAndGo(service: DataHub, count: number): Promise<void> {
  const killed = await startSubscribers(service, count);
  const peers = Array.from({ length: 4 }, () => service.connect());
  const peerOf = (n: number) => peers[n % peers.length] ?? service.connect();
  const numbers = Array.from({ length: count }, (_, n) => n);
  const cancelled = await Promise.all(numbers.map((n) => peerOf(n).subscribed()));
  expect(service.hub.size).toBe(2 * count);
  // Their connections are there, so that none of the time is for that; and a busy machine has twenty seconds.
  const late = numbers.map((n) => peerOf(n).subscribe({}, deadlineIn(20_000)));
  await Promise.all(late.map((subscriber) => subscriber.received(1)));
  expect(openSocketsAndTimers().length).toBeGreaterThan(3 * count);
  await peers[0]?.send({ ...sent(), tagValue: ['A01', 'A02'] });
  await until(() => cancelled.every((subscriber) => ingested(subscriber).length === 2));

  killed.signal('SIGKILL');
  for (const { call } of cancelled) call.cancel();
  for (const subscriber of cancelled) expect(await subscriber.status).toMatchObject({ code: status.CANCELLED });
  for (const subscriber of late) expect(await subscriber.status).toMatchObject({ code: status.DEADLINE_EXCEEDED });
  for (const peer of peers) peer.close();
}

/** That many subscribers read as much as so many packages at once: the hub gives none of them up. */
export async function keepUp(service: DataHub, count: number, packages: number): Promise<void> {
  await startSubscribers(service, count);
  const tagValue = Array.from({ length: packages }, (_, n) => `${n}`);
  await service.connect().send({ ...sent(), tagValue });
  expect(service.hub.size).toBe(count);
}
