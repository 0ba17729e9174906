import { setImmediate } from 'node:timers/promises';
import { Metadata, status } from '@grpc/grpc-js';
import { bidiStreaming, unary } from 'grpc-streams';
import { SignJWT } from 'jose';
import { openSocketsAndTimers, soon, until } from 'testing';
import { expect, test, vi } from 'vitest';
import { jwtVerifier, requireToken } from '../src/server/index.ts';
import type { Words } from './echo-service.ts';
import { connect, serve } from './start.ts';

const SECRET = 'a secret of at least 32 bytes, for tests';

function sign(expiresInSeconds?: number, secret = SECRET): Promise<string> {
  const token = new SignJWT({}).setProtectedHeader({ alg: 'HS256' });
  if (expiresInSeconds !== undefined) token.setExpirationTime(Math.floor(Date.now() / 1_000) + expiresInSeconds);
  return token.sign(Buffer.from(secret));
}

function authorization(value: string): Metadata {
  const metadata = new Metadata();
  metadata.set('authorization', value);
  return metadata;
}

async function guarded() {
  let handled = 0;
  const reasons: unknown[] = [];
  const say = unary<Words, Words>((words) => {
    handled++;
    return words;
  });
  const talk = bidiStreaming<Words, Words>(async function* (words, { signal }) {
    handled++;
    signal.addEventListener('abort', () => reasons.push(signal.reason));
    yield { text: 'hello' };
    yield* words;
  });
  const server = await serve({ say, talk }, { interceptors: [requireToken(jwtVerifier(Buffer.from(SECRET)))] });
  return { server, ...connect(server), reasons, handled: () => handled };
}

const WANTED = 'this server wants a token: authorization: Bearer <token>';

const refused: [what: string, header: () => string | undefined | Promise<string>, details: string][] = [
  ['no token', () => undefined, WANTED],
  ['another scheme', () => 'Basic YTpi', WANTED],
  ['an empty token', () => 'Bearer ', WANTED],
  ['garbage', () => 'Bearer garbage', 'the token is not valid'],
  ['an expired token', async () => `Bearer ${await sign(-1)}`, 'the token has expired'],
  ['a wrong secret', async () => `Bearer ${await sign(60, `${SECRET}!`)}`, 'the token is not valid'],
  ['an unsigned token', () => 'Bearer eyJhbGciOiJub25lIn0.e30.', 'the token is not valid'],
];

test.for(refused)(
  '%s is UNAUTHENTICATED, for unary calls and streams, and the handler never runs',
  async ([, header, details]) => {
    const { server, say, talk, handled } = await guarded();
    const value = await header();
    const metadata = value === undefined ? new Metadata() : authorization(value);
    await expect(say('hello', metadata)).rejects.toMatchObject({ code: status.UNAUTHENTICATED, details });
    const conversation = talk(metadata);
    conversation.send({ text: 'let me in' });
    expect(await conversation.status).toMatchObject({ code: status.UNAUTHENTICATED, details });
    expect(conversation.replies).toEqual([]);
    expect(handled()).toBe(0);
    await until(() => server.openCalls.size === 0);
  },
);

test('a valid token is let in, with or without an expiry, however the scheme is written', async () => {
  const { say, talk } = await guarded();
  expect(await say('hello', authorization(`Bearer ${await sign(60)}`))).toEqual({ text: 'hello' });
  expect(await say('hello', authorization(`bearer ${await sign()}`))).toEqual({ text: 'hello' });
  // More milliseconds than a timer can wait for.
  const conversation = talk(authorization(`Bearer ${await sign(86_400 * 365)}`));
  expect(await conversation.received(1)).toEqual([{ text: 'hello' }]);
  conversation.call.cancel();
});

test('an open stream ends with UNAUTHENTICATED when its token expires, and the signal of its handler fires', async () => {
  const { server, talk, reasons } = await guarded();
  const conversation = talk(authorization(`Bearer ${await sign(2)}`));
  await conversation.received(1);
  expect(await conversation.status).toMatchObject({
    code: status.UNAUTHENTICATED,
    details: 'the token has expired',
  });
  await until(() => reasons.length === 1);
  await until(() => server.openCalls.size === 0);
});

test('a call that ends before its token leaves no timer', async () => {
  const { server, client, say, talk } = await guarded();
  const metadata = authorization(`Bearer ${await sign(3_600)}`);
  await say('hello', metadata);
  const conversation = talk(metadata);
  await conversation.received(1);
  conversation.call.cancel();
  await until(() => server.openCalls.size === 0);
  client.close();
  await server.stop();
  await until(() => openSocketsAndTimers().length === 0);
});

test('a call that is cancelled while its token is verified does not reach the handler, and leaves no timer', async () => {
  let verified = (_expiresAt: number) => {};
  const verify = vi.fn(
    () =>
      new Promise<number>((resolve) => {
        verified = resolve;
      }),
  );
  const handler = vi.fn(unary<Words, Words>((words) => words));
  const ended = vi.fn();
  const server = await serve({ say: handler }, { interceptors: [requireToken(verify)], onCallEnd: ended });
  const { client } = connect(server);
  const call = client.say({ text: 'hello' }, authorization('Bearer token'), soon(), () => {});
  await until(() => verify.mock.calls.length === 1);
  call.cancel();
  await until(() => ended.mock.calls.length === 1);
  verified(Date.now() + 3_600_000);
  await setImmediate();
  expect(handler).not.toHaveBeenCalled();
  client.close();
  await server.stop();
  await until(() => openSocketsAndTimers().length === 0);
});
