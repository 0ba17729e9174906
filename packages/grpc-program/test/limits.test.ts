import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { connectivityState, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { soon, until } from '@grpc-by-example/testing';
import { bidiCall, bidiStreaming, unary, unaryCall } from 'grpc-streams';
import { expect, test } from 'vitest';
import type { NamedCall, StartServerOptions } from '../src/server/start-server.ts';
import type { EchoHandlers, Words } from './echo-service.ts';
import { connect, named, openInTime, serve } from './start.ts';

const ANY_SIZE = { 'grpc.max_send_message_length': -1, 'grpc.max_receive_message_length': -1 };
const MIB = 2 ** 20;

const echo: EchoHandlers = {
  say: unary<Words, Words>(({ text }) => ({ text: /^\d+$/.test(text) ? 'x'.repeat(Number(text)) : text })),
  talk: bidiStreaming<Words, Words>(async function* (words) {
    yield* words;
  }),
};

test.concurrent('a message of 4 MiB passes both ways, a larger one ends its call with RESOURCE_EXHAUSTED', async () => {
  const { say } = connect(await serve(echo), undefined, ANY_SIZE);
  const framing = 5; // the tag and the length of the field
  const { text } = await say('x'.repeat(4 * MIB - framing));
  expect(text).toHaveLength(4 * MIB - framing);
  await expect(say('x'.repeat(4 * MIB))).rejects.toMatchObject({
    code: status.RESOURCE_EXHAUSTED,
    details: expect.stringContaining('Received message larger than max'),
  });
  await expect(say(`${4 * MIB}`)).rejects.toMatchObject({
    code: status.RESOURCE_EXHAUSTED,
    details: expect.stringContaining('Sent message larger than max'),
  });
  // The connection goes on.
  expect(await say('hello')).toEqual({ text: 'hello' });
});

test.concurrent('the size is an option', async () => {
  const { say } = connect(await serve(echo, { maxMessageMib: 8 }), undefined, ANY_SIZE);
  expect((await say(`${6 * MIB}`)).text).toHaveLength(6 * MIB);
});

test.concurrent('what is received can have a limit of its own', async () => {
  const { say } = connect(await serve(echo, { maxReceiveMib: 0.5 }), undefined, ANY_SIZE);
  expect((await say(`${3 * MIB}`)).text).toHaveLength(3 * MIB);
  await expect(say('x'.repeat(MIB))).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
});

test.concurrent('a call beyond --max-streams waits until another one on its connection ends', async () => {
  const server = await serve(echo, { maxStreams: 1 });
  const { say, talk } = connect(server);
  await say('hello'); // The client knows the limit once it has heard from the server.
  const first = talk();
  first.send({ text: 'first' });
  await first.received(1);
  let answered = false;
  const second = say('second').then((words) => {
    answered = true;
    return words;
  });
  // Messages there and back: longer than an answer would have taken.
  for (let count = 2; count <= 30; count++) {
    first.send({ text: 'again' });
    await first.received(count);
  }
  expect({ answered, open: server.openCalls.size }).toEqual({ answered: false, open: 1 });
  // Another connection has a limit of its own.
  expect(await connect(server).say('other')).toEqual({ text: 'other' });
  first.call.end();
  expect(await second).toEqual({ text: 'second' });
});

test.concurrent.for([
  ['a header of more than 64 KiB', 1, 'x'.repeat(100_000), status.INTERNAL],
  ['more than 128 headers', 200, 'x', status.RESOURCE_EXHAUSTED],
  ['headers of more than 144 KiB in all', 10, 'x'.repeat(20_000), status.INTERNAL],
] as const)('%s ends its call, and the server goes on', async ([, count, value, code]) => {
  const server = await serve(echo);
  const { say } = connect(server);
  const headers = new Metadata();
  for (let n = 0; n < count; n++) headers.set(`name-${n}`, value);
  await expect(say('hello', headers)).rejects.toMatchObject({ code });
  expect(await connect(server).say('hello')).toEqual({ text: 'hello' });
  expect(server.openCalls.size).toBe(0);
});

test.concurrent('a connection that is too old has the grace period for its calls; new calls take a new one', async () => {
  const server = await serve(echo, { maxConnectionAgeSeconds: 1, graceMs: 1_000 });
  const { say, stream, startedAt } = await openInTime(server, 'hello');
  expect(await stream.status).toMatchObject({ code: status.UNAVAILABLE, details: 'the connection is too old' });
  // One second, more or less a tenth, and one of grace.
  expect(performance.now() - startedAt).toBeGreaterThan(1_800);
  expect(await say('anew')).toEqual({ text: 'anew' });
  await until(() => server.openCalls.size === 0);
});

test.concurrent('a call beyond --max-calls is refused, until another one ends; health checks are not', async () => {
  const refused: NamedCall[] = [];
  const server = await serve(echo, { maxCalls: 1, onCallRefused: (call) => refused.push(call) });
  const { say, talk, client } = connect(server);
  const stream = talk();
  stream.send({ text: 'hello' });
  await stream.received(1);
  await expect(say('one more', named('the second'))).rejects.toMatchObject({
    code: status.RESOURCE_EXHAUSTED,
    details: 'this server has as many open calls as it takes',
  });
  expect(refused).toEqual([{ id: 'the second', method: '/test.Echo/Say' }]);
  const asIs = (bytes: Buffer) => bytes;
  const isServing = await unaryCall<Buffer>((callback) =>
    client.makeUnaryRequest('/grpc.health.v1.Health/Check', asIs, asIs, Buffer.of(), soon(), callback),
  );
  expect([...isServing]).toEqual([8, 1]);
  stream.call.end();
  await stream.status;
  await until(() => server.openCalls.size === 0);
  expect(await say('again')).toEqual({ text: 'again' });
});

test.concurrent('a connection beyond --max-connections is refused, until another one closes', async () => {
  const refused: string[] = [];
  const host = '127.0.0.1';
  const server = await serve(echo, { host, maxConnections: 1, onConnectionRefused: (peer) => refused.push(peer) });
  const first = connect(server);
  await first.say('hello');
  const second = connect(server, undefined, { 'grpc.initial_reconnect_backoff_ms': 100 });
  const isServed = () =>
    second.say('hello').then(
      () => true,
      ({ code }: ServiceError) => code !== status.UNAVAILABLE,
    );
  expect(await isServed()).toBe(false);
  expect(refused[0]).toMatch(/^127\.0\.0\.1:\d+$/);
  first.client.close();
  for (let served = false; !served; ) served = await isServed();
  expect(await second.say('hello')).toEqual({ text: 'hello' });
});

test.concurrent('a connection without calls is closed after --max-idle-seconds, one with a call is not', async () => {
  const server = await serve(echo, { maxIdleSeconds: 1 });
  const [idle, busy] = [connect(server), connect(server)];
  const stream = busy.talk();
  stream.send({ text: 'hello' });
  await stream.received(1);
  await idle.say('hello');
  await until(() => idle.client.getChannel().getConnectivityState(false) === connectivityState.IDLE);
  stream.send({ text: 'still here' });
  expect(await stream.received(2)).toHaveLength(2);
  expect(await idle.say('anew')).toEqual({ text: 'anew' });
});

test.concurrent('a call that began on a connection before its grace period ended gets all that its handler sent', async () => {
  const handlers: EchoHandlers = {
    talk: bidiStreaming<Words, Words>(async function* (words, { signal }) {
      for await (const { text } of words) yield { text };
      await once(signal, 'abort');
    }),
  };
  const server = await serve(handlers, { maxConnectionAgeSeconds: 1, graceMs: 1_000, lastStatusMs: 3_600_000 });
  const { stream } = await openInTime(server, 'x'.repeat(1_000_000));
  expect(await stream.status).toMatchObject({ code: status.UNAVAILABLE, details: 'the connection is too old' });
  expect(stream.responses).toHaveLength(1);
});

test.concurrent('how many bytes may wait for a client is an option', async () => {
  const text = 'x'.repeat(16 * 1_024);
  /** How many words a handler has sent to a client that reads one when it can send no more. */
  async function sent(options: StartServerOptions) {
    let count = 0;
    const server = await serve(
      {
        talk: bidiStreaming<Words, Words>(async function* () {
          for (;;) {
            yield { text };
            count += 1;
          }
        }),
      },
      options,
    );
    const { responses, grpcCall } = bidiCall<Words, Words>(connect(server).client.talk(soon()));
    await responses[Symbol.asyncIterator]().next();
    for (let last = 0; last !== count; ) {
      last = count;
      for (let turn = 0; turn < 100; turn++) await delay(1);
    }
    grpcCall.cancel();
    return count;
  }
  const more = (await sent({ boundCalls: { sendBytes: 2 * MIB } })) - (await sent({}));
  expect(more * text.length).toBeGreaterThan(MIB);
});
