import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { Metadata } from '@grpc/grpc-js';
import { openSocketsAndTimers, soon, stopLater, until } from '@grpc-by-example/testing';
import { bidiStreaming, unary } from 'grpc-streams';
import { expect, test, vi } from 'vitest';
import { type Caller, requireToken } from '../src/server/index.ts';
import type { Words } from './echo-service.ts';
import { connect, serve } from './start.ts';

// One after the other, in a file of their own: the sockets and timers of other tests would count.

const say = unary<Words, Words>((words) => words);

function withToken(): Metadata {
  const metadata = new Metadata();
  metadata.set('authorization', 'Bearer token');
  return metadata;
}

test('a client without calls does not hold the stop, nor does a socket that says nothing', async () => {
  const server = await serve({ say }, { graceMs: 3_600_000 });
  expect(await connect(server).say('hello')).toEqual({ text: 'hello' });
  const socket = connectSocket(server.port, '127.0.0.1').resume();
  stopLater(() => socket.destroy());
  await once(socket, 'connect');
  await server.stop();
  await until(() => openSocketsAndTimers().length === 0);
});

test('a call that ends before its token leaves no timer', async () => {
  const talk = bidiStreaming<Words, Words>(async function* (words) {
    yield { text: 'hello' };
    yield* words;
  });
  const verify = async () => ({ claims: {}, expiresAt: Date.now() + 3_600_000 });
  const server = await serve({ say, talk }, { interceptors: [requireToken(verify)] });
  const calls = connect(server);
  expect(await calls.say('hello', withToken())).toEqual({ text: 'hello' });
  const conversation = calls.talk(withToken());
  await conversation.received(1);
  conversation.call.cancel();
  await until(() => server.openCalls.size === 0);
  calls.client.close();
  await server.stop();
  await until(() => openSocketsAndTimers().length === 0);
});

test('a call that is cancelled while its token is verified does not reach the handler, and leaves no timer', async () => {
  let verified = (_caller: Caller) => {};
  const verify = vi.fn(
    () =>
      new Promise<Caller>((resolve) => {
        verified = resolve;
      }),
  );
  const handler = vi.fn(say);
  const ended = vi.fn();
  const server = await serve({ say: handler }, { interceptors: [requireToken(verify)], onCallEnd: ended });
  const { client } = connect(server);
  const call = client.say({ text: 'hello' }, withToken(), soon(), () => {});
  await until(() => verify.mock.calls.length === 1);
  call.cancel();
  await until(() => ended.mock.calls.length === 1);
  verified({ claims: {}, expiresAt: Date.now() + 3_600_000 });
  await setImmediate();
  expect(handler).not.toHaveBeenCalled();
  client.close();
  await server.stop();
  await until(() => openSocketsAndTimers().length === 0);
});
