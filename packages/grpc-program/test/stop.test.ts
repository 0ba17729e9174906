import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { status } from '@grpc/grpc-js';
import { until } from '@grpc-by-example/testing';
import { bidiStreaming, unary } from 'grpc-streams';
import { expect, test } from 'vitest';
import type { Words } from './echo-service.ts';
import { connect, serve } from './start.ts';

const UNAVAILABLE = { code: status.UNAVAILABLE, details: 'server is shutting down' };
/** Longer than any test lasts: what ends in time did not wait for it. */
const LONG = { graceMs: 3_600_000 };
/** What is sent at its end is not dropped, however busy the machine. */
const SHORT = { graceMs: 200, lastStatusMs: 3_600_000 };

const reading = bidiStreaming<Words, Words>(async function* (words) {
  yield* words;
});
const stubborn = bidiStreaming<Words, Words>(async function* () {
  yield { text: 'never ends' };
  await new Promise(() => {});
});

test.concurrent('a handler that reads ends with UNAVAILABLE at once', async () => {
  const server = await serve({ talk: reading }, LONG);
  const talk = connect(server).talk();
  talk.send({ text: '1' });
  await talk.received(1);
  await server.stop();
  expect(await talk.status).toMatchObject(UNAVAILABLE);
});

test.concurrent('a handler that ignores its signal ends with UNAVAILABLE after the grace period', async () => {
  const server = await serve({ talk: stubborn }, SHORT);
  const talk = connect(server).talk();
  await talk.received(1);
  const stopAt = performance.now();
  const stopped = server.stop();
  expect(await talk.status).toMatchObject(UNAVAILABLE);
  expect(performance.now() - stopAt).toBeGreaterThan(SHORT.graceMs - 10);
  await stopped;
});

test.concurrent('a handler that ends by itself on the signal ends with OK, its last words sent', async () => {
  const talk = bidiStreaming<Words, Words>(async function* (_, { signal }) {
    yield { text: 'hello' };
    await once(signal, 'abort');
    yield { text: 'goodbye' };
  });
  const server = await serve({ talk }, LONG);
  const conversation = connect(server).talk();
  await conversation.received(1);
  await server.stop();
  expect(await conversation.status).toMatchObject({ code: status.OK });
  expect(conversation.responses).toEqual([{ text: 'hello' }, { text: 'goodbye' }]);
});

test.concurrent('a plain grpc-js stream ends with UNAVAILABLE at once', async () => {
  const server = await serve({ talk: (call) => void call.write({ text: 'hello' }) }, LONG);
  const talk = connect(server).talk();
  await talk.received(1);
  await server.stop();
  expect(await talk.status).toMatchObject(UNAVAILABLE);
});

test.concurrent.for(['ours', 'plain'])('a unary call in progress is allowed to finish (%s)', async (kind) => {
  const finish = new AbortController();
  const finished = once(finish.signal, 'abort');
  const say = unary<Words, Words>(async (words) => {
    await finished;
    return words;
  });
  const server = await serve(
    { say: kind === 'ours' ? say : (call, callback) => void finished.then(() => callback(null, call.request)) },
    LONG,
  );
  const response = connect(server).say('in progress');
  await until(() => server.openCalls.size === 1);
  const stopped = server.stop();
  finish.abort();
  expect(await response).toEqual({ text: 'in progress' });
  await stopped;
});

test.concurrent('a unary call that does not finish ends with UNAVAILABLE after the grace period', async () => {
  const server = await serve({ say: () => {} }, SHORT);
  const response = connect(server)
    .say('for ever')
    .catch((error: unknown) => error);
  await until(() => server.openCalls.size === 1);
  await server.stop();
  expect(await response).toMatchObject(UNAVAILABLE);
});

test.concurrent('stop called twice is one stop, and forceStop ends it', async () => {
  const server = await serve({ talk: stubborn }, LONG);
  const talk = connect(server).talk();
  await talk.received(1);
  const stopped = server.stop();
  expect(server.stop()).toBe(stopped);
  server.forceStop();
  await stopped;
  expect(await talk.status).not.toMatchObject({ code: status.OK });
  await until(() => server.openCalls.size === 0);
});

/** Waits until nobody listens there. */
async function closedPort(port: number): Promise<void> {
  for (let open = true; open; ) {
    const socket = connectSocket(port, '127.0.0.1');
    open = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
  }
}

/** When the call starts, and so how far it comes: into the server before the stop, or after it, or to a closed port. */
test.concurrent.for(['before', 'right after', 'long after'])(
  'a call on an open connection that arrives during the stop is refused with UNAVAILABLE (started %s it)',
  async (when) => {
    let handled = 0;
    const say = unary<Words, Words>((words) => {
      handled++;
      return words;
    });
    const server = await serve({ talk: stubborn, say }, SHORT);
    const client = connect(server);
    const talk = client.talk(); // keeps the connection open
    await talk.received(1);
    const early = when === 'before' && client.say('early').catch((error: unknown) => error);
    const stopped = server.stop();
    if (when === 'long after') await closedPort(server.port);
    const response = early || client.say('late').catch((error: unknown) => error);
    expect(await response).toMatchObject({ code: status.UNAVAILABLE });
    expect(handled).toBe(0);
    expect(await talk.status).toMatchObject(UNAVAILABLE);
    await stopped;
  },
);

test.concurrent('100 open streams are all told, those that read at once and those that do not after the grace period', async () => {
  const talk = bidiStreaming<Words, Words>(async function* (words, { call }) {
    yield { text: 'hello' };
    if (Number(call.getPeer().split(':').at(-1)) % 2) await new Promise(() => {});
    yield* words;
  });
  const server = await serve({ talk }, SHORT);
  const clients = Array.from({ length: 10 }, () => connect(server));
  const talks = clients.flatMap((client) => Array.from({ length: 10 }, () => client.talk()));
  await Promise.all(talks.map((talk) => talk.received(1)));
  expect(server.openCalls.size).toBe(100);
  await server.stop();
  for (const talk of talks) expect(await talk.status).toMatchObject(UNAVAILABLE);
  expect(server.openCalls.size).toBe(0);
});

test.concurrent('what a handler wrote before the stop arrives at a client that keeps reading', async () => {
  let written = false;
  const talk = bidiStreaming<Words, Words>(async function* (words) {
    for (let n = 1; n <= 500; n++) yield { text: `${n}`.padEnd(1_000) };
    written = true;
    yield* words;
  });
  const server = await serve({ talk }, LONG);
  const conversation = connect(server).talk();
  await until(() => written);
  await server.stop();
  expect(await conversation.status).toMatchObject(UNAVAILABLE);
  expect(conversation.responses.map(({ text }) => Number(text))).toEqual(Array.from({ length: 500 }, (_, n) => n + 1));
});
