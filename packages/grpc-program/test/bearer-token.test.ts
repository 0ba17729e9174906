import { Metadata, status } from '@grpc/grpc-js';
import { signToken } from 'certificates';
import { bidiStreaming, unary } from 'grpc-streams';
import { until } from 'testing';
import { expect, test } from 'vitest';
import { jwtVerifier, requireToken } from '../src/server/index.ts';
import type { Words } from './echo-service.ts';
import { connect, serve } from './start.ts';

const SECRET = 'a secret of at least 32 bytes, for tests';

const sign = (seconds?: number, secret = SECRET) =>
  signToken(Buffer.from(secret), seconds === undefined ? {} : { expiresAt: new Date(Date.now() + seconds * 1_000) });

function authorization(value: string): Metadata {
  const metadata = new Metadata();
  metadata.set('authorization', value);
  return metadata;
}

async function guarded(verify = jwtVerifier(Buffer.from(SECRET))) {
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
  const server = await serve({ say, talk }, { interceptors: [requireToken(verify)] });
  return { server, ...connect(server), reasons, handled: () => handled };
}

const WANTED = 'this server requires a token: authorization: Bearer <token>';

const refused: [what: string, header: () => string | undefined | Promise<string>, details: string][] = [
  ['no token', () => undefined, WANTED],
  ['another scheme', () => 'Basic YTpi', WANTED],
  ['an empty token', () => 'Bearer ', WANTED],
  ['garbage', () => 'Bearer garbage', 'the token is not valid'],
  ['an expired token', async () => `Bearer ${await sign(-2)}`, 'the token has expired'],
  ['a wrong secret', async () => `Bearer ${await sign(60, `${SECRET}!`)}`, 'the token is not valid'],
  ['an unsigned token', () => 'Bearer eyJhbGciOiJub25lIn0.e30.', 'the token is not valid'],
];

test.concurrent.for(refused)(
  '%s is UNAUTHENTICATED, for unary calls and streams, and the handler never runs',
  async ([, header, details]) => {
    const { server, say, talk, handled } = await guarded();
    const value = await header();
    const metadata = value === undefined ? new Metadata() : authorization(value);
    await expect(say('hello', metadata)).rejects.toMatchObject({ code: status.UNAUTHENTICATED, details });
    const conversation = talk(metadata);
    conversation.send({ text: 'let me in' });
    expect(await conversation.status).toMatchObject({ code: status.UNAUTHENTICATED, details });
    expect(conversation.responses).toEqual([]);
    expect(handled()).toBe(0);
    await until(() => server.openCalls.size === 0);
  },
);

test.concurrent('a valid token is let in, with or without an expiry, however the scheme is written', async () => {
  const { say, talk } = await guarded();
  expect(await say('hello', authorization(`Bearer ${await sign(60)}`))).toEqual({ text: 'hello' });
  expect(await say('hello', authorization(`bearer ${await sign()}`))).toEqual({ text: 'hello' });
  // More milliseconds than a timer can wait for.
  const conversation = talk(authorization(`Bearer ${await sign(86_400 * 365)}`));
  expect(await conversation.received(1)).toEqual([{ text: 'hello' }]);
  conversation.call.cancel();
});

test.concurrent('an open stream ends with UNAUTHENTICATED when its token expires, and the signal of its handler fires', async () => {
  let expiresAt = 0;
  const { server, talk, reasons } = await guarded(async () => (expiresAt = Date.now() + 300));
  const conversation = talk(authorization('Bearer token'));
  await conversation.received(1);
  expect(await conversation.status).toMatchObject({
    code: status.UNAUTHENTICATED,
    details: 'the token has expired',
  });
  expect(Date.now()).toBeGreaterThanOrEqual(expiresAt);
  await until(() => reasons.length === 1);
  await until(() => server.openCalls.size === 0);
});
