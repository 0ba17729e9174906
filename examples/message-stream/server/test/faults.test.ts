import { status } from '@grpc/grpc-js';
import { type Conversation, deadlineIn, openSocketsAndTimers, soon, until } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import type { Request, Response } from '../../proto/test/contract.mts';
import { type MessageServer, NEVER, serve, startCallers } from './start.ts';

/** Checks that nothing is left of callers that are gone, no call, socket or timer, and that a new one is served. */
async function checkNothingIsLeft({ server, connect, ticks }: MessageServer): Promise<void> {
  await until(() => server.openCalls.size === 0);
  await until(() => openSocketsAndTimers().length === 0);
  const before = ticks();
  const conversation = connect().streamMessages();
  await conversation.received(1);
  conversation.call.end();
  expect(await conversation.status).toMatchObject({ code: status.OK });
  // The tickers of those that are gone would have ticked too, had they gone on.
  expect(ticks() - before).toBe(conversation.responses.length);
}

test.each([1, 100])('%i clients that are killed in the middle of their streams leave nothing behind', async (count) => {
  // Together no more than a busy machine does: a process that falls behind does not answer pings either.
  const service = await serve({ intervalMs: 20 + 5 * count });
  const callers = await startCallers(service, count);
  expect(service.server.openCalls.size).toBe(count);
  callers.signal('SIGKILL');
  expect(await callers.ended).toBe('SIGKILL');
  await checkNothingIsLeft(service);
});

const TICKS = [20, NEVER];

/** Twenty calls of a peer; `inTime` when all have got a message, and all their requests were read, before they end. */
async function startTwenty({ connect, log }: MessageServer, options = soon()) {
  const peer = connect();
  const conversations = Array.from({ length: 20 }, () => peer.streamMessages(options));
  let over = false;
  for (const conversation of conversations) {
    conversation.send({ name: 'Hi' });
    void conversation.status.then(() => {
      over = true;
    });
  }
  await until(() => over || (log.length === 20 && conversations.every(({ responses }) => responses.length > 0)));
  return { peer, conversations, inTime: !over };
}

async function checkEnds(conversations: readonly Conversation<Request, Response>[], code: status): Promise<void> {
  for (const conversation of conversations) expect(await conversation.status).toMatchObject({ code });
}

test.each(TICKS)('clients that cancel leave nothing behind, with a tick every %i ms', async (intervalMs) => {
  const service = await serve({ intervalMs });
  const { peer, conversations, inTime } = await startTwenty(service);
  expect(inTime).toBe(true);
  for (const { call } of conversations) call.cancel();
  await checkEnds(conversations, status.CANCELLED);
  peer.close();
  await checkNothingIsLeft(service);
});

test.each(TICKS)('clients whose deadline passes leave nothing behind, with a tick every %i ms', async (intervalMs) => {
  const service = await serve({ intervalMs });
  let enough = false;
  // A deadline that passes before all have got their first message is too short for this machine.
  for (let deadlineMs = 500; !enough && deadlineMs < 20_000; deadlineMs *= 2) {
    service.log.length = 0;
    const { peer, conversations, inTime } = await startTwenty(service, deadlineIn(deadlineMs));
    await checkEnds(conversations, status.DEADLINE_EXCEEDED);
    peer.close();
    await until(() => service.server.openCalls.size === 0);
    enough = inTime;
  }
  expect(enough).toBe(true);
  await checkNothingIsLeft(service);
});

test('a server that stops tells every caller at once, in the middle of its wait for the next tick', async () => {
  const { server, connect } = await serve({ intervalMs: NEVER, graceMs: NEVER });
  const conversations = Array.from({ length: 20 }, () => connect().streamMessages());
  await Promise.all(conversations.map((conversation) => conversation.received(1)));
  const stopped = server.stop();
  for (const conversation of conversations) {
    expect(await conversation.status).toMatchObject({
      code: status.UNAVAILABLE,
      details: 'server is shutting down',
    });
  }
  await stopped;
  expect(server.openCalls.size).toBe(0);
});
