import { setTimeout } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { type Conversation, heldBytes, until } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import type { Response, Said } from '../../proto/test/contract.mts';
import { chatRoom } from '../src/chat-room.ts';
import { texts } from './chat-peer.ts';
import { type ChatServer, serve } from './start.ts';

type Caller = Conversation<Said, Response>;

/** Callers that take nothing are let go soon; those who read are in this process, and have their turn meanwhile. */
const IMPATIENT = { bufferBytes: 160 * 1024, sendTimeoutMs: 300 };
const NEVER_MS = 3_600_000;
/** For those who read again, so that they learn why they are out. */
const LATE_RESETS = { boundCalls: { errorMs: NEVER_MS } };
/** As many messages of 16 KiB as the room keeps. */
const KEPT = 10;
/** About as many messages of 16 KiB as are on their way, or in the buffers of both ends, when a client stops reading. */
const ON_THE_WAY = 60;
const MIB = 2 ** 20;
const LARGE = 'x'.repeat(16 * 1024);

const left = (caller: Caller) => texts(caller).filter((text) => text.endsWith(' left the chat'));
const withoutPadding = (caller: Caller) => texts(caller).map((text) => text.replaceAll('x', ''));

/** Lets a caller in that does not read what it gets. */
async function enterStalled(service: ChatServer, name: string): Promise<Caller> {
  const caller = service.connect().chat();
  caller.send({ name, message: 'I do not read' });
  await caller.received(1);
  caller.call.pause();
  return caller;
}

/** Says large messages, each when the one before has come back, until the condition holds; gives how many. */
async function sayLargeUntil(speaker: Caller, enough: (count: number) => boolean): Promise<number> {
  for (let count = 0; ; count++) {
    if (enough(count)) return count;
    const heard = speaker.responses.length;
    speaker.send({ name: 'Ann', message: `${count} ${LARGE}` });
    await speaker.received(heard + 1);
  }
}

/** Waits until the caller hears nothing more, for as many turns of this process as would do for a hundred messages. */
async function standsStill({ responses }: Caller): Promise<void> {
  for (let turns = 0, heard = 0; turns < 30 || heard === 0; turns++) {
    if (responses.length > heard) turns = 0;
    heard = responses.length;
    await setTimeout(10);
  }
}

test('a caller that does not read is let go: the others are told and go on, it learns why', async () => {
  const service = await serve(chatRoom(IMPATIENT), LATE_RESETS);
  const slow = await enterStalled(service, 'Slow');
  const [ann, sam] = [service.connect().chat(), service.connect().chat()];
  sam.send({ name: 'Sam', message: 'Hi' });
  await sam.received(1);

  const said = await sayLargeUntil(ann, (count) => left(ann).length > 0 || count > 500);
  expect(left(ann)).toEqual(['Slow left the chat']);
  expect(said).toBeLessThan(KEPT + ON_THE_WAY);

  // Ten times as much again: it is out of the room, and nothing more is kept for it.
  await sayLargeUntil(ann, (count) => count === 300);
  expect(left(ann)).toEqual(['Slow left the chat']);
  await until(() => texts(sam).at(-1) === texts(ann).at(-1));

  slow.call.resume();
  expect(await slow.status).toMatchObject({
    code: status.RESOURCE_EXHAUSTED,
    details: 'you read too slowly: the room does not keep more messages for you',
  });
  expect(slow.responses.length).toBeLessThan(KEPT + ON_THE_WAY);
  ann.call.end();
  sam.call.end();
  expect(await ann.status).toMatchObject({ code: status.OK });
  await until(() => service.server.openCalls.size === 0);
});

test('those who stay hear the same in the same order while others are let go', async () => {
  const service = await serve(chatRoom(IMPATIENT));
  const sam = service.connect().chat();
  await until(() => service.server.openCalls.size === 1);
  const slow: Caller[] = [];
  // Between the callers that stay, so that whoever is let go has some of them before it and some behind.
  for (let n = 0; n < 4; n++) slow.push(await enterStalled(service, `Slow ${n}`));
  const ann = service.connect().chat();
  await until(() => service.server.openCalls.size === 6);

  await sayLargeUntil(ann, (count) => left(ann).length === 4 || count > 500);
  expect(left(ann).sort()).toEqual(['Slow 0', 'Slow 1', 'Slow 2', 'Slow 3'].map((name) => `${name} left the chat`));
  await until(() => texts(sam).at(-1) === texts(ann).at(-1));
  expect(withoutPadding(sam).slice(-ann.responses.length)).toEqual(withoutPadding(ann));
});

test('a caller that half-closes has left at once, and may read later what was said until then', async () => {
  const service = await serve(chatRoom({ bufferBytes: 2 ** 23 }));
  const slow = await enterStalled(service, 'Slow');
  const ann = service.connect().chat();
  await sayLargeUntil(ann, (count) => count === 200);
  slow.call.end();
  await ann.received(201);
  expect(texts(ann).at(-1)).toBe('Slow left the chat');
  await sayLargeUntil(ann, (count) => count === 10);

  slow.call.resume();
  expect(await slow.status).toMatchObject({ code: status.OK });
  expect(texts(slow)).toEqual(['Slow: I do not read', ...texts(ann).slice(0, 200)]);
});

test('a room full of callers that do not read does not hold more memory for it', async () => {
  const service = await serve(chatRoom(IMPATIENT));
  for (let n = 0; n < 10; n++) await enterStalled(service, `Slow ${n}`);
  const ann = service.connect().chat();
  await sayLargeUntil(ann, (count) => left(ann).length === 10 || count > 500);
  ann.responses.length = 0;
  const before = heldBytes();
  for (let round = 0; round < 5; round++) {
    await sayLargeUntil(ann, (count) => count === 100);
    ann.responses.length = 0;
  }
  // 8 MiB of text would be kept for all of them together if all of it waited.
  expect(heldBytes() - before).toBeLessThan(5 * MIB);
});

test('a caller that takes nothing is let go of, and not kept', async () => {
  const service = await serve(chatRoom(IMPATIENT), { boundCalls: { errorMs: 100 } });
  const slow = await enterStalled(service, 'Slow');
  const ann = service.connect().chat();
  await sayLargeUntil(ann, () => left(ann).length > 0);
  expect(await slow.status).not.toMatchObject({ code: status.OK });
  await until(() => service.server.openCalls.size === 1);
});

test('a caller that reads slowly holds the others back, and is not let go', async () => {
  const service = await serve(chatRoom({ ...IMPATIENT, bufferBytes: 1 }));
  const slow = await enterStalled(service, 'Slow');
  const ann = service.connect().chat();
  const start = performance.now();
  const pace = setInterval(() => {
    slow.call.resume();
    slow.call.once('data', () => slow.call.pause());
  }, IMPATIENT.sendTimeoutMs / 20);
  await sayLargeUntil(ann, (count) => count === 150).finally(() => clearInterval(pace));
  expect(performance.now() - start).toBeGreaterThan(IMPATIENT.sendTimeoutMs);
  expect(left(ann)).toEqual([]);
});

test('a server that stops tells a caller whose messages wait, and does not wait longer for one that does not read', async () => {
  const service = await serve(chatRoom({ ...IMPATIENT, sendTimeoutMs: NEVER_MS }), { graceMs: 100 });
  const slow = await enterStalled(service, 'Slow');
  const ann = service.connect().chat();
  ann.send(...Array.from({ length: 200 }, () => ({ name: 'Ann', message: LARGE })));
  await standsStill(ann);
  expect(ann.responses.length).toBeLessThan(KEPT + ON_THE_WAY);
  await service.server.stop();
  expect(await ann.status).toMatchObject({ code: status.UNAVAILABLE, details: 'server is shutting down' });
  slow.call.resume();
  expect((await slow.status).code).not.toBe(status.OK);
  await until(() => service.server.openCalls.size === 0);
});
