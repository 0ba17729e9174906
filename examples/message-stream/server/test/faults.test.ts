import { status } from '@grpc/grpc-js';
import { openSocketsAndTimers, Program, soon, until } from 'testing';
import { expect, onTestFinished, test } from 'vitest';
import { type MessageServer, NEVER, serve } from './start.ts';

/** Checks that nothing is left of callers that are gone, no call, socket or timer, and that a new one is served. */
async function checkNothingIsLeft({ server, connect, ticks }: MessageServer): Promise<void> {
  await until(() => server.openCalls.size === 0);
  await until(() => openSocketsAndTimers().length === 0).catch(() => {});
  expect(openSocketsAndTimers()).toEqual([]);
  const before = ticks();
  const conversation = connect().streamMessages();
  await conversation.received(1);
  conversation.call.end();
  expect(await conversation.status).toMatchObject({ code: status.OK });
  // The tickers of those that are gone would have ticked too, had they gone on.
  expect(ticks() - before).toBe(conversation.replies.length);
}

test.each([1, 100])(
  '%i clients that are killed in the middle of their streams leave nothing behind',
  async (count) => {
    const service = await serve({ intervalMs: 20 });
    const callers = new Program([
      ...['node', '--import', 'tsx', 'test/fixtures/callers.ts'],
      ...[`${service.server.port}`, `${count}`],
    ]);
    onTestFinished(() => callers[Symbol.asyncDispose]());
    await callers.prints(/all callers talk/);
    expect(service.server.openCalls.size).toBe(count);
    callers.signal('SIGKILL');
    expect(await callers.ended).toBe('SIGKILL');
    await checkNothingIsLeft(service);
  },
  20_000,
);

test.each([20, NEVER])(
  'clients that cancel, or whose deadline passes, leave nothing behind, with a tick every %i ms',
  async (intervalMs) => {
    const service = await serve({ intervalMs });
    const peer = service.connect();
    for (const end of ['cancel', 'deadline']) {
      // The long one is longer than this test waits: a timer that the server forgot is seen.
      const conversations = Array.from({ length: 20 }, () =>
        peer.streamMessages(soon(end === 'deadline' ? 700 : 10_000)),
      );
      await Promise.all(conversations.map((conversation) => conversation.received(1)));
      for (const conversation of conversations) conversation.send({ name: end });
      await until(() => service.log.filter((line) => line.endsWith(end)).length === 20);
      if (end === 'cancel') for (const { call } of conversations) call.cancel();
      const code = end === 'cancel' ? status.CANCELLED : status.DEADLINE_EXCEEDED;
      for (const conversation of conversations) expect(await conversation.status).toMatchObject({ code });
    }
    peer.close();
    await checkNothingIsLeft(service);
  },
);

test('a server that stops tells every caller at once, in the middle of its wait for the next tick', async () => {
  const { server, connect } = await serve({ intervalMs: NEVER, graceMs: 60_000 });
  const conversations = Array.from({ length: 20 }, () => connect().streamMessages(soon(3_000)));
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
