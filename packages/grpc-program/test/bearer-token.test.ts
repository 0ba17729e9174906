import { Metadata, ServerInterceptingCall, type ServerInterceptor, status } from '@grpc/grpc-js';
import { signToken } from '@grpc-by-example/certificates';
import { until } from '@grpc-by-example/testing';
import { bidiStreaming, statusError, unary } from 'grpc-streams';
import { expect, test } from 'vitest';
import {
  type Authorize,
  type Caller,
  callerOf,
  jwtVerifier,
  type RequireTokenOptions,
  requireToken,
  type VerifyToken,
} from '../src/server/index.ts';
import type { Words } from './echo-service.ts';
import { connect, serve } from './start.ts';

const SECRET = 'a secret of at least 32 bytes, for tests';

const sign = (seconds: number, secret = SECRET) =>
  signToken(Buffer.from(secret), { subject: 'Ann', expiresAt: new Date(Date.now() + seconds * 1_000) });

const verifyJwt = await jwtVerifier(Buffer.from(SECRET));

function authorization(value: string): Metadata {
  const metadata = new Metadata();
  metadata.set('authorization', value);
  return metadata;
}

interface Guard extends RequireTokenOptions {
  readonly verify?: VerifyToken;
  /** Nearer the handlers. */
  readonly interceptors?: readonly ServerInterceptor[];
}

async function guarded({ verify = verifyJwt, interceptors = [], ...options }: Guard = {}) {
  const callers: (Caller | undefined)[] = [];
  const reasons: unknown[] = [];
  const say = unary<Words, Words>((words, { call }) => {
    callers.push(callerOf(call));
    return words;
  });
  const talk = bidiStreaming<Words, Words>(async function* (words, { signal, call }) {
    callers.push(callerOf(call));
    signal.addEventListener('abort', () => reasons.push(signal.reason));
    yield { text: 'hello' };
    yield* words;
  });
  const guard = requireToken(verify, options);
  const server = await serve({ say, talk }, { interceptors: [guard, ...interceptors] });
  return { server, ...connect(server), reasons, callers };
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
    const { server, say, talk, callers } = await guarded();
    const value = await header();
    const metadata = value === undefined ? new Metadata() : authorization(value);
    await expect(say('hello', metadata)).rejects.toMatchObject({ code: status.UNAUTHENTICATED, details });
    const conversation = talk(metadata);
    conversation.send({ text: 'let me in' });
    expect(await conversation.status).toMatchObject({ code: status.UNAUTHENTICATED, details });
    expect(conversation.responses).toEqual([]);
    expect(callers).toEqual([]);
    await until(() => server.openCalls.size === 0);
  },
);

test.concurrent('a valid token is let in, however the scheme is written, and the handler knows whose it is', async () => {
  // As one that adds to the metadata of a call: who calls is not told by that.
  const another: ServerInterceptor = (_, call) =>
    new ServerInterceptingCall(call, {
      start: (next) => next({ onReceiveMetadata: (_metadata, pass) => pass(new Metadata()) }),
    });
  const { say, talk, callers } = await guarded({ interceptors: [another] });
  expect(await say('hello', authorization(`Bearer ${await sign(60)}`))).toEqual({ text: 'hello' });
  // More milliseconds than a timer can wait for.
  const conversation = talk(authorization(`bearer ${await sign(86_400 * 365)}`));
  expect(await conversation.received(1)).toEqual([{ text: 'hello' }]);
  conversation.call.cancel();
  expect(callers).toHaveLength(2);
  for (const caller of callers) {
    expect(caller).toMatchObject({ subject: 'Ann', claims: { sub: 'Ann', iat: expect.any(Number) } });
    expect(caller?.expiresAt).toBe(Number(caller?.claims.exp) * 1_000);
    expect(caller?.expiresAt).toBeGreaterThan(Date.now());
  }
});

test.concurrent('without tokens there is no caller', async () => {
  const callers: unknown[] = [];
  const say = unary<Words, Words>((words, { call }) => {
    callers.push(callerOf(call));
    return words;
  });
  await connect(await serve({ say })).say('hello', authorization(`Bearer ${await sign(60)}`));
  expect(callers).toEqual([undefined]);
});

test.concurrent('an open stream ends with UNAUTHENTICATED when its token expires, and the signal of its handler fires', async () => {
  let expiresAt = 0;
  const { server, talk, reasons } = await guarded({
    async verify() {
      expiresAt = Date.now() + 300;
      return { claims: {}, expiresAt };
    },
  });
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

test.concurrent('a token that expires while it is looked at reaches no handler', async () => {
  const { say, callers } = await guarded({ verify: async () => ({ claims: {}, expiresAt: Date.now() }) });
  await expect(say('hello', authorization('Bearer token'))).rejects.toMatchObject({ code: status.UNAUTHENTICATED });
  expect(callers).toEqual([]);
});

test.concurrent('a policy says who may call what: PERMISSION_DENIED, or a status of its own', async () => {
  const asked: [string | undefined, string][] = [];
  const { say, talk, callers } = await guarded({
    async authorize({ subject, claims }, path) {
      asked.push([subject, path]);
      if (claims.iat === undefined) throw new Error('every token of these tests has it');
      if (path === '/test.Echo/Talk') throw statusError(status.RESOURCE_EXHAUSTED, 'Ann has talked enough');
      return subject === 'Bob';
    },
  });
  const token = authorization(`Bearer ${await sign(60)}`);
  await expect(say('hello', token)).rejects.toMatchObject({
    code: status.PERMISSION_DENIED,
    details: 'the token does not allow to call /test.Echo/Say',
  });
  expect(await talk(token).status).toMatchObject({
    code: status.RESOURCE_EXHAUSTED,
    details: 'Ann has talked enough',
  });
  await expect(say('hello', new Metadata())).rejects.toMatchObject({ code: status.UNAUTHENTICATED });
  expect(asked).toEqual([
    ['Ann', '/test.Echo/Say'],
    ['Ann', '/test.Echo/Talk'],
  ]);
  expect(callers).toEqual([]);

  const bobs = await signToken(Buffer.from(SECRET), { subject: 'Bob', expiresAt: new Date(Date.now() + 60_000) });
  expect(await say('hello', authorization(`Bearer ${bobs}`))).toEqual({ text: 'hello' });
});

test.concurrent.each(['verify', 'authorize'])(
  'what fails in %s is reported, and its text kept from the client',
  async (what) => {
    const errors: unknown[] = [];
    const broken = async () => {
      throw new Error('the password is 1234');
    };
    const { say, callers } = await guarded({ [what]: broken, onError: (error) => errors.push(error) });
    await expect(say('hello', authorization(`Bearer ${await sign(60)}`))).rejects.toMatchObject({
      code: status.UNAVAILABLE,
      details: 'this server cannot say at the moment who may call',
    });
    expect(errors).toEqual([new Error('the password is 1234')]);
    expect(callers).toEqual([]);
  },
);

test.concurrent('the README: a handler that greets, and a policy', async () => {
  // #region caller
  const say = unary<Words, Words>(({ text }, { call }) => ({ text: `${callerOf(call)?.subject} says ${text}` }));

  const authorize: Authorize = ({ claims }, path) => path === '/test.Echo/Say' || claims.role === 'moderator';
  // #endregion
  const talk = bidiStreaming<Words, Words>((words) => words);
  const server = await serve({ say, talk }, { interceptors: [requireToken(verifyJwt, { authorize })] });
  const metadata = authorization(`Bearer ${await sign(60)}`);
  expect(await connect(server).say('hello', metadata)).toEqual({ text: 'Ann says hello' });
  expect(await connect(server).talk(metadata).status).toMatchObject({ code: status.PERMISSION_DENIED });
});
