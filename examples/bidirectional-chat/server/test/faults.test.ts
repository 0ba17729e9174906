import { status } from '@grpc/grpc-js';
import { deadlineIn, heldBytes, openSocketsAndTimers, soon, until } from '@grpc-by-example/testing';
import { StringValue } from 'chat-proto';
import { bidiStreaming } from 'grpc-streams';
import { expect, test, vi } from 'vitest';
import { chat } from '../src/chat.ts';
import type { ChatPeer } from './chat-peer.ts';
import { type ChatServer, serve, startCallers } from './start.ts';

const LARGE = 'x'.repeat(64 * 1024);
const MIB = 1024 * 1024;

/** Checks that a server that lost its callers keeps nothing of them, and that a new client works. */
async function checkNothingIsLeft({ server, connect }: ChatServer): Promise<void> {
  await until(() => server.openCalls.size === 0);
  await until(() => openSocketsAndTimers().length === 0);
  expect(await connect().say({ name: 'New', message: 'Hi' })).toEqual(['New: Hi']);
}

async function roundTrips(peer: ChatPeer, count: number): Promise<void> {
  const conversation = peer.chat();
  for (let n = 1; n <= count; n++) {
    conversation.send({ name: 'Ann', message: `${n}` });
    await conversation.received(n);
  }
  conversation.call.end();
  expect(await conversation.status).toMatchObject({ code: status.OK });
}

test.each([1, 200])('%i clients that are killed in the middle of their streams leave nothing behind', async (count) => {
  const service = await serve(chat);
  const callers = await startCallers(service, count);
  expect(service.server.openCalls.size).toBe(count);
  expect(openSocketsAndTimers().length).toBeGreaterThanOrEqual(count);
  callers.signal('SIGKILL');
  expect(await callers.ended).toBe('SIGKILL');
  await checkNothingIsLeft(service);
});

test('clients that cancel, or whose deadline passes, leave nothing behind', async () => {
  const service = await serve(chat);
  const peer = service.connect();
  for (const end of ['cancel', 'deadline']) {
    // The long one is longer than this test waits: a timer that the server forgot is seen.
    const conversations = Array.from({ length: 20 }, () => peer.chat(end === 'deadline' ? deadlineIn(700) : soon()));
    for (const conversation of conversations) conversation.send({ name: 'Ann', message: 'Hi' });
    if (end === 'cancel') {
      await Promise.all(conversations.map((conversation) => conversation.received(1)));
      for (const { call } of conversations) call.cancel();
    }
    for (const conversation of conversations) {
      const code = end === 'cancel' ? status.CANCELLED : status.DEADLINE_EXCEEDED;
      expect(await conversation.status).toMatchObject({ code });
    }
  }
  peer.close();
  await checkNothingIsLeft(service);
});

test('a caller that sends without end and never reads is held back; the server keeps little for it', async () => {
  const service = await serve(chat);
  const [greedy, other] = [service.connect(), service.connect()];
  await roundTrips(other, 1);
  const memoryBefore = heldBytes();

  const stalled = greedy.chat();
  stalled.call.pause();
  let sent = 0;
  const send = () => stalled.call.write({ name: 'Greedy', message: LARGE }, () => sent++ < 4_000 && send());
  send();
  // It comes to a halt: no message of it is taken during fifty round trips of another caller.
  for (let last = -1; last !== sent; ) {
    last = sent;
    await roundTrips(other, 50);
  }
  expect(sent).toBeLessThan(500);
  expect(heldBytes() - memoryBefore).toBeLessThan(20 * MIB);

  greedy.close();
  stalled.call.cancel();
  other.close();
  await checkNothingIsLeft(service);
});

test('a handler that throws fails its own call only, and the text of the error stays on the server', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {});
  const service = await serve({
    chat: bidiStreaming(async function* (messages: AsyncIterable<{ getName(): string; getMessage(): string }>) {
      for await (const message of messages) {
        if (message.getMessage() === 'bug') throw new TypeError('the password is 1234');
        if (message.getMessage() === 'refuse') throw { code: status.PERMISSION_DENIED, details: 'you may not' };
        yield new StringValue().setValue(`${message.getName()}: ${message.getMessage()}`);
      }
    }),
  });
  const peer = service.connect();
  const neighbour = peer.chat();
  neighbour.send({ name: 'Ann', message: '1' });

  for (let n = 0; n < 10; n++) {
    const [bug, refused] = [peer.chat(), peer.chat()];
    bug.send({ message: 'bug' });
    refused.send({ message: 'refuse' });
    expect(await bug.status).toMatchObject({
      code: status.UNKNOWN,
      details: 'the server failed while handling this call',
    });
    expect(await refused.status).toMatchObject({ code: status.PERMISSION_DENIED, details: 'you may not' });
  }
  expect(log).toHaveBeenCalledTimes(10);
  expect(log).toHaveBeenLastCalledWith('/Chat/chat:', expect.objectContaining({ message: 'the password is 1234' }));

  neighbour.send({ name: 'Ann', message: '2' });
  neighbour.call.end();
  expect(await neighbour.status).toMatchObject({ code: status.OK });
  expect(neighbour.responses).toHaveLength(2);
  peer.close();
  log.mockRestore();
  await checkNothingIsLeft(service);
});
