import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect as connectSocket, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { ServerCredentials, status } from '@grpc/grpc-js';
import { makeAuthority, makeServerIdentity } from '@grpc-by-example/certificates';
import { until } from '@grpc-by-example/testing';
import { bidiStreaming, unary } from 'grpc-streams';
import { expect, test } from 'vitest';
import type { Words } from './echo-service.ts';
import { connect, serve } from './start.ts';

const UNAVAILABLE = { code: status.UNAVAILABLE, details: 'server is shutting down' };
/** Longer than any test lasts: what ends in time did not wait for it. */
const LONG = { graceMs: 3_600_000 };
/** Waits for the calls that are on their way, however busy the machine. */
const PATIENT = { ...LONG, lastCallsMs: 3_600_000 };
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

const EMPTY_SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
/** What an HTTP/2 client says first. */
const PREFACE = Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), EMPTY_SETTINGS]);

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

/** Of streams, the first ends by force alone, and so keeps its connection; another one ends when it is told to. */
function stubbornFirst() {
  let streams = 0;
  return bidiStreaming<Words, Words>(async function* (words) {
    yield { text: 'hello' };
    if (streams++ === 0) await new Promise(() => {});
    yield* words;
  });
}

const echo = unary<Words, Words>((words) => words);

test.concurrent.for(['before', 'right after'])(
  'a call on an open connection that is on its way when the server stops is answered (started %s it)',
  async (when) => {
    const server = await serve({ say: echo }, PATIENT);
    const client = connect(server);
    await client.say('opens the connection');
    const early = when === 'before' && client.say('call');
    const stopped = server.stop();
    expect(await (early || client.say('call'))).toEqual({ text: 'call' });
    await stopped;
  },
);

test.concurrent('a call on an open connection that comes after the streams were told is refused with UNAVAILABLE', async () => {
  let handled = 0;
  const say = unary<Words, Words>((words) => {
    handled++;
    return words;
  });
  const server = await serve({ talk: stubbornFirst(), say }, SHORT);
  const client = connect(server);
  const talk = client.talk();
  await talk.received(1);
  const told = client.talk();
  await told.received(1);
  const stopped = server.stop();
  expect(await told.status).toMatchObject(UNAVAILABLE);
  await expect(client.say('late')).rejects.toMatchObject({ code: status.UNAVAILABLE });
  expect(handled).toBe(0);
  expect(await talk.status).toMatchObject(UNAVAILABLE);
  await stopped;
});

/** Calls Say with an empty message, as a proxy does that makes a connection for each call. */
async function sayOver(socket: Socket): Promise<string> {
  const session = connectHttp2('http://localhost', { createConnection: () => socket });
  const closed = once(session, 'close'); // by the server
  const call = session.request({
    ':method': 'POST',
    ':path': '/test.Echo/Say',
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  call.resume().end(Buffer.alloc(5));
  const [{ 'grpc-status': end }] = (await once(call, 'trailers')) as [Record<string, unknown>];
  await closed;
  return String(end);
}

test.concurrent('a call on a connection that the server has yet to accept when it stops is answered', async () => {
  const server = await serve({ say: echo }, PATIENT);
  const socket = connectSocket(server.port, '127.0.0.1'); // the system takes it at once, the server in its next turn
  const stopped = server.stop();
  expect(await sayOver(socket)).toBe(`${status.OK}`);
  await stopped;
});

test.concurrent('a connection whose TLS handshake lasts until after the stop has begun is closed in order', async () => {
  const authority = await makeAuthority();
  const { cert, key } = await makeServerIdentity(authority, ['localhost'], new Date(Date.now() + 86_400_000));
  const pairs = [{ cert_chain: Buffer.from(cert), private_key: Buffer.from(key) }];
  const server = await serve({ say: echo }, { ...PATIENT, credentials: ServerCredentials.createSsl(null, pairs) });
  const socket = connectSocket(server.port, '127.0.0.1');
  const stopped = server.stop();
  await closedPort(server.port);
  const tls = connectTls({ socket, ca: authority.cert, servername: 'localhost', ALPNProtocols: ['h2'] });
  expect(await sayOver(tls)).toBe(`${status.OK}`);
  await stopped;
});

test.concurrent('a client that does not answer holds the stop for a short time alone', async () => {
  const server = await serve({}, { ...LONG, lastCallsMs: 100 });
  const socket = connectSocket(server.port, '127.0.0.1');
  await once(socket, 'data'); // the settings of the server
  await server.stop();
  socket.destroy();
});

test.concurrent.for(['stop', 'forceStop'] as const)(
  '%s drops a client that is told to go away and does not',
  async (how) => {
    const graceMs = how === 'stop' ? 200 : LONG.graceMs;
    const server = await serve({}, { graceMs, lastCallsMs: 0, lastStatusMs: 0 });
    const socket = connectSocket({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
    const dropped = new Promise((resolve) => socket.on('error', () => {}).once('close', resolve));
    socket.write(PREFACE);
    await once(socket, 'data');
    const stopped = server.stop();
    await once(socket, 'end');
    if (how === 'forceStop') server.forceStop();
    // It hears of that when it writes.
    const writing = setInterval(() => socket.write(EMPTY_SETTINGS), 10);
    await dropped;
    clearInterval(writing);
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
