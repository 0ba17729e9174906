import { setTimeout as delay, setImmediate } from 'node:timers/promises';
import { type ServiceError, status } from '@grpc/grpc-js';
import { deadlineIn } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { bidiCall, bidiStreaming, serverStreaming, serverStreamingCall, statusError } from '../src/index.ts';
import { frameOf, send, serveRaw } from './raw-server.ts';
import { type Answer, answer, ask, soon, startService } from './test-service.ts';
import { Deferred, failureOf } from './wait.ts';

const MANY = 200;
const enough = statusError(status.RESOURCE_EXHAUSTED, 'enough');
const failing = async function* (text = '') {
  for (let n = 1; n <= MANY; n++) yield answer(n, text);
  throw enough;
};

/** Reads slowly to the end, and gives what came, and how it ended. */
async function readSlowly(responses: AsyncIterable<Answer>, onRead: (n: number) => void = () => {}) {
  const read: number[] = [];
  try {
    for await (const { n } of responses) {
      read.push(n);
      onRead(n);
      await delay(1);
    }
  } catch (error) {
    const { code, details } = error as ServiceError;
    return { read, code, details };
  }
  return { read, code: status.OK, details: '' };
}

const first = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
const all = { read: first(MANY), code: enough.code, details: enough.details };

test.each([
  ['small messages', ''],
  ['messages of 1 KiB, more than a window of HTTP/2 holds', 'x'.repeat(1_024)],
])('trap 8: a slow reader gets %s that came before an error status, then the status (#2764)', async (_, text) => {
  const { client } = await startService({
    list: serverStreaming(() => failing(text)),
    talk: bidiStreaming(() => failing(text)),
  });
  const list = serverStreamingCall(client.list(ask(1), soon()));
  const talk = bidiCall(client.talk(soon()));
  expect(await Promise.all([readSlowly(list.responses), readSlowly(talk.responses)])).toEqual([all, all]);
  for (const call of [list, talk]) expect(await call.status).toMatchObject({ code: enough.code });
});

test('trap 8: with compressed messages a fast reader gets them all too', async () => {
  const client = await serveRaw((stream) =>
    send(stream, {
      headers: { 'grpc-encoding': 'gzip' },
      body: first(10).map((n) => frameOf(answer(n), { gzip: true })),
      trailers: { 'grpc-status': '3', 'grpc-message': 'bad', field: 'value' },
    }),
  );
  for (let call = 0; call < 10; call++) {
    const { responses, status: ended } = serverStreamingCall(client.list(ask(1), soon()));
    const read: number[] = [];
    const reading = (async () => {
      for await (const { n } of responses) read.push(n);
    })();
    expect(await failureOf(reading)).toMatchObject({ code: status.INVALID_ARGUMENT, details: 'bad' });
    expect(read).toEqual(first(10));
    expect((await ended).metadata.getMap()).toEqual({ field: 'value' });
  }
});

test.each([
  ['an error status', enough],
  ['OK', undefined],
])('what came before %s is there when the connection is lost meanwhile', async (_, error) => {
  const { client, server } = await startService({
    list: serverStreaming(async function* () {
      for (let n = 1; n <= MANY; n++) yield answer(n);
      if (error) throw error;
    }),
  });
  const call = serverStreamingCall(client.list(ask(1), soon()));
  const seen = await readSlowly(call.responses, (n) => {
    // All is on this side by then: what waits is less than a window.
    if (n === MANY / 2) server.forceShutdown();
  });
  expect(seen).toEqual({ read: first(MANY), code: error?.code ?? status.OK, details: error?.details ?? '' });
});

test('a status of a stop comes after the messages too', async () => {
  const sent = new Deferred();
  const { client, calls } = await startService({
    list: serverStreaming(async function* (_, { signal }) {
      for (let n = 1; n <= MANY; n++) yield answer(n);
      sent.resolve();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    }),
  });
  const call = serverStreamingCall(client.list(ask(1), soon()));
  void sent.promise.then(() => calls.fail(enough));
  expect(await readSlowly(call.responses)).toEqual(all);
});

test('the deadline of a call whose status waits for a reader ends it', async () => {
  const client = await serveRaw((stream) =>
    send(stream, { body: first(100).map((n) => frameOf(answer(n))), trailers: { 'grpc-status': '3' } }),
  );
  const call = serverStreamingCall(client.list(ask(1), deadlineIn(300)));
  expect(await call.status).toMatchObject({ code: status.DEADLINE_EXCEEDED });
});

test('a cancel while the status waits for a slow reader ends the call', async () => {
  const client = await serveRaw((stream) =>
    send(stream, { body: first(100).map((n) => frameOf(answer(n))), trailers: { 'grpc-status': '3' } }),
  );
  const stop = new AbortController();
  const call = serverStreamingCall(client.list(ask(1), soon()), stop);
  const seen = await readSlowly(call.responses, (n) => {
    if (n === 50) stop.abort();
  });
  expect(seen).toMatchObject({ read: first(50), code: status.CANCELLED });
  expect(await call.status).toMatchObject({ code: status.CANCELLED });
});

test('send gives false once the server has ended the call, though its status waits for a slow reader', async () => {
  const client = await serveRaw((stream) =>
    send(stream, { body: first(100).map((n) => frameOf(answer(n))), trailers: { 'grpc-status': '3' } }),
  );
  const call = bidiCall(client.talk(soon()));
  while (await call.send(ask(1))) await setImmediate();
  expect(await readSlowly(call.responses)).toMatchObject({ read: first(100), code: status.INVALID_ARGUMENT });
});
