import { once } from 'node:events';
import { status } from '@grpc/grpc-js';
import { stopLater, until } from '@grpc-by-example/testing';
import { startServer } from 'grpc-program/server';
import { MessageResponse, MessageServiceService } from 'message-proto';
import { expect, test } from 'vitest';
import type { Request } from '../../proto/test/contract.mts';
import { messageService } from '../src/message-service.ts';
import { MessagePeer, texts } from './message-peer.ts';
import { NEVER, serve } from './start.ts';

const OK = { code: status.OK, details: '' };
const HELLO = 'Hello, world!';

test('as in the document: a message at once, and then one every second, though the caller says nothing', async () => {
  const log: string[] = [];
  const server = await startServer([[MessageServiceService, messageService({ log: (line) => log.push(line) })]]);
  const peer = new MessagePeer(server.port);
  stopLater(() => {
    peer.close();
    server.forceStop();
  });
  const start = performance.now();
  const conversation = peer.streamMessages();
  await conversation.received(3);
  const seconds = (performance.now() - start) / 1_000;
  expect(texts(conversation)).toEqual([HELLO, HELLO, HELLO]);
  expect(seconds).toBeGreaterThan(1.99); // a timer may be 1 ms early
  expect(log).toEqual([]);
});

test('requests are logged and not answered', async () => {
  const { connect, log } = await serve({ intervalMs: NEVER });
  const conversation = connect().streamMessages();
  await conversation.received(1);
  const names = [HELLO, '', 'שלום 👩‍👩‍👧‍👦', ' \t ', 'x'.repeat(100_000)];
  for (const name of names) conversation.send({ name });
  await until(() => log.length === names.length);
  expect(log).toEqual(names.map((name) => `Received request: ${name}`));
  conversation.call.end();
  expect(await conversation.status).toMatchObject(OK);
  expect(texts(conversation)).toEqual([HELLO]);
});

test('the server goes on at its own pace while the caller sends many requests', async () => {
  const { connect, log } = await serve({ intervalMs: 20 });
  const conversation = connect().streamMessages();
  conversation.send(...Array.from({ length: 5_000 }, (_, n) => ({ name: `${n}` })));
  const start = performance.now();
  await conversation.received(10);
  expect(performance.now() - start).toBeGreaterThan(9 * 20 - 10); // a timer may be 1 ms early
  await until(() => log.length === 5_000);
  expect(log).toEqual(Array.from({ length: 5_000 }, (_, n) => `Received request: ${n}`));
});

test('the headers do not wait for the first message', async () => {
  let tick = (_: MessageResponse) => {};
  const first = new Promise<MessageResponse>((resolve) => {
    tick = resolve;
  });
  // The ticker's generator awaits what it yields, so that a promise is a late message.
  const { connect } = await serve({ intervalMs: NEVER, message: () => first as never });
  const conversation = connect().streamMessages();
  const headers = once(conversation.call, 'metadata').then(() => 'headers');
  expect(await Promise.race([headers, conversation.status])).toBe('headers');
  expect(conversation.responses).toEqual([]);
  tick(new MessageResponse().setMessage('at last'));
  expect(await conversation.received(1)).toEqual([{ message: 'at last' }]);
});

test('the half-close ends the call with OK, in the middle of the wait for the next tick', async () => {
  const { connect, log, ticks, server } = await serve({ intervalMs: NEVER });
  const conversation = connect().streamMessages();
  await conversation.received(1);
  conversation.send(...Array.from({ length: 1_000 }, (_, n) => ({ name: `${n}` })));
  conversation.call.end();
  expect(await conversation.status).toMatchObject(OK);
  expect(log).toHaveLength(1_000);
  expect(texts(conversation)).toEqual([HELLO]);
  expect(ticks()).toBe(1);
  await until(() => server.openCalls.size === 0);
});

test('an empty stream is OK', async () => {
  const { connect, log } = await serve({ intervalMs: NEVER });
  const conversation = connect().streamMessages();
  conversation.call.end();
  expect(await conversation.status).toMatchObject(OK);
  expect(log).toEqual([]);
});

test('callers have a ticker each, on one connection and on several', async () => {
  const { connect, log } = await serve({ intervalMs: 20 });
  const [one, other] = [connect(), connect()];
  const conversations = [one.streamMessages(), one.streamMessages(), other.streamMessages()];
  const [first, ...rest] = conversations;
  for (const [n, conversation] of conversations.entries()) conversation.send({ name: `${n}` });
  await Promise.all(conversations.map((conversation) => conversation.received(3)));
  first?.call.end();
  expect(await first?.status).toMatchObject(OK);
  for (const conversation of rest) {
    await conversation.received(conversation.responses.length + 3);
    conversation.call.end();
    expect(await conversation.status).toMatchObject(OK);
  }
  expect(log.toSorted()).toEqual(['Received request: 0', 'Received request: 1', 'Received request: 2']);
});

test('a request over 4 MiB ends its call with RESOURCE_EXHAUSTED; other calls and the server go on', async () => {
  const { connect, log, server } = await serve({ intervalMs: 20 });
  const peer = connect();
  const neighbour = peer.streamMessages();
  await neighbour.received(1);
  const tooLarge = peer.streamMessages();
  tooLarge.send({ name: 'x'.repeat(4 * 2 ** 20) });
  expect(await tooLarge.status).toMatchObject({
    code: status.RESOURCE_EXHAUSTED,
    details: expect.stringContaining('larger than max'),
  });
  await neighbour.received(neighbour.responses.length + 3);
  neighbour.send({ name: 'still here' });
  neighbour.call.end();
  expect(await neighbour.status).toMatchObject(OK);
  expect(log).toEqual(['Received request: still here']);
  await until(() => server.openCalls.size === 0);
});

test('fields that the contract does not have are ignored', async () => {
  const newer = `
    syntax = "proto3";
    package messages;
    service MessageService { rpc StreamMessages(stream MessageRequest) returns (stream MessageResponse); }
    message MessageRequest { string name = 1; repeated fixed64 times = 500; MessageRequest quoted = 501; }
    message MessageResponse { string message = 1; }
  `;
  const { connect, log } = await serve({ intervalMs: NEVER });
  const conversation = connect(newer).streamMessages();
  conversation.send({ name: 'Hi', times: ['1', '2'], quoted: { name: 'Hey' } } as Request);
  conversation.call.end();
  expect(await conversation.status).toMatchObject(OK);
  expect(log).toEqual(['Received request: Hi']);
});
