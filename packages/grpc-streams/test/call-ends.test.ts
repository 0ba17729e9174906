import { once } from 'node:events';
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { setTimeout } from 'node:timers/promises';
import { type ServerInterceptor, status } from '@grpc/grpc-js';
import { until } from '@grpc-by-example/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { http2StreamOf } from '../src/grpc-js-internals.ts';
import { bidiStreaming, serverStreaming, statusError, unary } from '../src/index.ts';
import { PassThroughCall } from '../src/server/pass-through-call.ts';
import { connectRaw } from './raw-client.ts';
import { answer, ask, noOpenCalls, startService, type TestHandlers } from './test-service.ts';
import { Deferred } from './wait.ts';

// The clock of the product stands still but for `pass`; its timer, that looks at the clock, is real.
beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

const pass = (milliseconds: number) => vi.advanceTimersByTime(milliseconds);
/** Longer than the product takes between two looks at the clock. */
const look = () => setTimeout(600);

const ERROR_MS = 5_000;
const OK_MS = 60_000;
const goodbye = statusError(status.UNAVAILABLE, 'server is shutting down');
const MEBIBYTE = 'x'.repeat(2 ** 20);

/** Starts a service whose only call can be seen from below. */
async function startSeen(handlers: Partial<TestHandlers>) {
  const started = new Deferred<ServerHttp2Stream>();
  const see: ServerInterceptor = (_, call) => {
    const stream = http2StreamOf(call);
    if (stream) started.resolve(stream);
    return new PassThroughCall(call);
  };
  return { ...(await startService(handlers, { interceptors: [see] })), started: started.promise };
}

const endless = serverStreaming(async function* () {
  for (let n = 1; ; n++) yield answer(n, MEBIBYTE);
});

interface Ending {
  readonly name: string;
  readonly path: Parameters<ReturnType<typeof connectRaw>['call']>[0];
  readonly handlers: Partial<TestHandlers>;
  readonly timeout?: string;
  readonly fails?: true;
}

const failing: Ending[] = [
  {
    name: 'an error that is thrown',
    path: 'List',
    handlers: {
      list: serverStreaming(async function* () {
        yield answer(1);
        throw goodbye;
      }),
    },
  },
  { name: 'a deadline', path: 'List', handlers: { list: endless }, timeout: '100m' },
  {
    name: 'endNow of a handler that waits at its yield',
    path: 'List',
    handlers: {
      list: serverStreaming(async function* (_, context) {
        setImmediate(() => context.endNow(goodbye));
        for (let n = 1; ; n++) yield answer(n, MEBIBYTE);
      }),
    },
  },
  { name: 'openCalls.fail', path: 'List', handlers: { list: endless }, fails: true },
  {
    name: "a plain handler's error behind large messages",
    path: 'List',
    handlers: {
      list: (call) => {
        for (let n = 1; n <= 3; n++) call.write(answer(n, MEBIBYTE));
        call.emit('error', goodbye);
      },
    },
  },
  {
    name: 'openCalls.fail of a plain handler',
    path: 'Talk',
    handlers: {
      talk: (call) => {
        for (let n = 1; n <= 3; n++) call.write(answer(n, MEBIBYTE));
      },
    },
    fails: true,
  },
  {
    name: 'the deadline of a response that is not taken',
    path: 'Say',
    handlers: { say: unary(({ n }) => answer(n)) },
    timeout: '100m',
  },
];

const succeeding: Ending[] = [
  {
    name: 'a small stream',
    path: 'List',
    handlers: {
      list: serverStreaming(async function* () {
        yield answer(1);
      }),
    },
  },
  { name: 'a unary response', path: 'Say', handlers: { say: unary(({ n }) => answer(n)) } },
  { name: 'a large unary response', path: 'Say', handlers: { say: unary(({ n }) => answer(n, MEBIBYTE)) } },
  {
    name: "a plain handler's large messages",
    path: 'List',
    handlers: {
      list: (call) => {
        for (let n = 1; n <= 3; n++) call.write(answer(n, MEBIBYTE));
        call.end();
      },
    },
  },
];

/** Makes the call, and waits until its end is stuck behind what its client does not take. */
async function startStuck({ name, path, handlers, timeout, fails }: Ending) {
  const { address, calls, started } = await startSeen(handlers);
  const seen = connectRaw(address).call(path, ask(1), timeout ? { timeout } : {});
  const stream = await started;
  await until(() => stream.headersSent && stream.writableLength > 0);
  if (fails) calls.fail(goodbye);
  return { name, calls, stream, seen };
}

type Stuck = Awaited<ReturnType<typeof startStuck>>;

const namesOf = (calls: Stuck[]) => calls.map(({ name }) => name);

/** Waits until both sides have seen the reset of each call, while time passes in such steps. */
async function areReset(stuck: Stuck[], stepMs: number): Promise<void> {
  const open = () => stuck.filter(({ stream }) => !stream.destroyed);
  for (let steps = 0; open().length > 0 && steps < 100; steps++) {
    pass(stepMs);
    await look();
  }
  expect(namesOf(open())).toEqual([]);
  for (const { stream, seen, calls } of stuck) {
    seen.resume(); // its end is seen once it has nothing more to read
    await until(() => seen.destroyed);
    expect([stream.rstCode, seen.rstCode]).toEqual([constants.NGHTTP2_CANCEL, constants.NGHTTP2_CANCEL]);
    await noOpenCalls(calls);
  }
}

test('a call that fails is reset where its client does not take the status, and nothing of it is left', async () => {
  await areReset(await Promise.all(failing.map(startStuck)), ERROR_MS);
});

test('OK waits longer than an error, and the call is then reset', async () => {
  const stuck = await Promise.all(succeeding.map(startStuck));
  await look();
  pass(OK_MS - 1_000);
  await look();
  expect(namesOf(stuck.filter(({ stream, calls }) => !stream.closed && calls.size === 1))).toEqual(namesOf(stuck));
  await areReset(stuck, 2_000);
});

test('a client that has its status and never half-closes is reset', async () => {
  const { address, started } = await startSeen({
    talk: bidiStreaming(async function* () {
      yield answer(1);
    }),
  });
  const seen = connectRaw(address, 65_535).call('Talk', ask(1), { halfCloses: false });
  seen.resume();
  const [trailers] = (await once(seen, 'trailers')) as [IncomingHttpHeaders];
  expect(trailers['grpc-status']).toBe('0');
  const stream = await started;
  await look();
  pass(OK_MS + 1_000);
  await until(() => stream.destroyed);
  expect(stream.rstCode).toBe(constants.NGHTTP2_CANCEL);
});

test('a client that reads slowly gets everything with OK, however long it takes', async () => {
  const { address, calls, started } = await startSeen({ say: unary(({ n }) => answer(n, MEBIBYTE)) });
  const seen = connectRaw(address, 65_535).call('Say', ask(1));
  let trailers: IncomingHttpHeaders = {};
  seen.once('trailers', (received) => {
    trailers = received;
  });
  let bytes = 0;
  seen.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes % 2 ** 18 < chunk.length) seen.pause();
  });
  await started;
  let ms = 0;
  while (trailers['grpc-status'] === undefined) {
    await look();
    pass(OK_MS - 1_000);
    ms += OK_MS - 1_000;
    const before = bytes;
    seen.resume();
    await until(() => bytes > before || trailers['grpc-status'] !== undefined);
  }
  expect(trailers['grpc-status']).toBe('0');
  expect(bytes).toBeGreaterThan(2 ** 20);
  expect(ms).toBeGreaterThan(2 * OK_MS);
  await noOpenCalls(calls);
});

test.each<[string, Partial<TestHandlers>]>([
  [
    'waits for it to read',
    {
      talk: bidiStreaming(async function* () {
        for (let n = 1; ; n++) yield answer(n, MEBIBYTE);
      }),
    },
  ],
  [
    'waits for nothing but its signal',
    {
      talk: bidiStreaming(async function* (_, { signal }) {
        yield answer(1);
        await once(signal, 'abort');
      }),
    },
  ],
])('a client that resets without an error has ended the call, whose handler %s', async (_, handlers) => {
  const { address, started, calls } = await startSeen(handlers);
  const seen = connectRaw(address).call('Talk', ask(1), { halfCloses: false });
  const stream = await started;
  await until(() => stream.headersSent && stream.writableLength > 0);
  seen.close(constants.NGHTTP2_NO_ERROR);
  await noOpenCalls(calls);
  await until(() => calls.runningOn === 0);
});
