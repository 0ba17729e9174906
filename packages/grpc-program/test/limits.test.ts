import { Metadata, status } from '@grpc/grpc-js';
import { bidiStreaming, unary } from 'grpc-streams';
import { until } from 'testing';
import { expect, test } from 'vitest';
import type { EchoHandlers, Words } from './echo-service.ts';
import { connect, openInTime, serve } from './start.ts';

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
  expect(await stream.status).toMatchObject({ code: status.UNAVAILABLE, details: 'Connection dropped' });
  // One second, more or less a tenth, and one of grace.
  expect(performance.now() - startedAt).toBeGreaterThan(1_800);
  expect(await say('anew')).toEqual({ text: 'anew' });
  await until(() => server.openCalls.size === 0);
});
