import { once } from 'node:events';
import { constants } from 'node:http2';
import { setTimeout } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { until } from '@grpc-by-example/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  type BidiCall,
  Broadcast,
  type BroadcastOptions,
  bidiCall,
  bidiStreaming,
  STREAMING,
  type Subscription,
  statusError,
} from '../src/index.ts';
import { connectRaw } from './raw-client.ts';
import {
  type Answer,
  type Ask,
  answer,
  ask,
  definition,
  LARGE,
  noOpenCalls,
  soon,
  startService,
} from './test-service.ts';
import { all, failureOf, standstill } from './wait.ts';

type Call = BidiCall<Ask, Answer>;

const MEBIBYTE = 'x'.repeat(2 ** 20);
/** Longer than a test waits. */
const NEVER_MS = 3_600_000;
/** Who takes nothing is given up soon. Those who read are in this process, and have their turn between two looks. */
const SOON_MS = 300;

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

/** A service of which every call is subscribed. */
async function startBroadcast(options: BroadcastOptions, errorMs = 100) {
  const broadcast = new Broadcast<Answer>(options);
  const subscriptions: Subscription<Answer>[] = [];
  const service = await startService(
    {
      talk: bidiStreaming((_, context) => {
        const subscription = broadcast.subscribe(context);
        subscriptions.push(subscription);
        return subscription;
      }),
    },
    { channel: STREAMING, bounds: { errorMs } },
  );
  const open = () => bidiCall(service.client.talk(soon()));
  return {
    ...service,
    broadcast,
    subscriptions,
    send: (message: Answer, signal?: AbortSignal) => broadcast.send(message, JSON.stringify(message).length, signal),
    /** Subscribes so many clients; they read when they are told to. */
    async enter(count: number): Promise<Call[]> {
      const calls = numbers(count).map(open);
      await until(() => broadcast.size === count);
      return calls;
    },
    /** Subscribes one client more. */
    async enterOne(): Promise<Call> {
      const { size } = broadcast;
      const call = open();
      await until(() => broadcast.size === size + 1);
      return call;
    },
    /** Subscribes a client that takes nothing, not even what HTTP/2 lets others send unasked. */
    async enterStalled(window = 0) {
      const { size } = broadcast;
      const stream = connectRaw(service.address, window).call('Talk', ask(1), { halfCloses: false });
      await until(() => broadcast.size === size + 1);
      return stream;
    },
  };
}

/** Reads so many messages and leaves, which cancels the call. */
async function read(call: Call, count: number): Promise<number[]> {
  const heard: number[] = [];
  for await (const { n } of call.responses) if (heard.push(n) === count) break;
  return heard;
}

test('everyone gets every message in one order, whoever sends, and however much at once', async () => {
  const { send, enter } = await startBroadcast({ bufferBytes: 10_000, sendTimeoutMs: NEVER_MS });
  const heard = (await enter(5)).map((call) => read(call, 3_000));
  await Promise.all(numbers(3_000).map((n) => send(answer(n))));
  for (const order of await Promise.all(heard)) expect(order).toEqual(numbers(3_000));
});

test('senders wait for the slowest, and go on as it reads', async () => {
  const { send, enterOne } = await startBroadcast({ bufferBytes: LARGE.length, sendTimeoutMs: NEVER_MS });
  const heard = read(await enterOne(), 300);
  const slow = await enterOne();
  let sent = 0;
  const sending = Promise.all(numbers(300).map((n) => send(answer(n, LARGE)).then(() => sent++)));
  // About as many as its connection and the client itself take unread.
  expect(await standstill(() => sent)).toBeLessThan(60);
  expect(await read(slow, 300)).toEqual(numbers(300));
  await sending;
  expect(await heard).toEqual(numbers(300));
});

test('small messages count as what they cost, not as what they are on the wire', async () => {
  const { send, enterStalled } = await startBroadcast({ bufferBytes: 100_000, sendTimeoutMs: NEVER_MS });
  const stalled = await enterStalled();
  let sent = 0;
  const sending = Promise.all(numbers(5_000).map((n) => send(answer(n)).then(() => sent++)));
  expect(await standstill(() => sent)).toBeLessThan(500);
  stalled.close(constants.NGHTTP2_CANCEL);
  await sending;
});

test('who takes nothing while senders wait is given up and reset, and all others get everything', async () => {
  const tooSlow = statusError(status.ABORTED, 'too slow');
  const service = await startBroadcast({ bufferBytes: LARGE.length, sendTimeoutMs: SOON_MS, tooSlow });
  const heard = read(await service.enterOne(), 100);
  const [paused, stalled] = [await service.enterOne(), await service.enterStalled()];
  paused.grpcCall.pause();
  await Promise.all(numbers(100).map((n) => service.send(answer(n, LARGE))));
  expect(await heard).toEqual(numbers(100));
  expect(await paused.status).toMatchObject({ code: expect.toBeOneOf([status.ABORTED, status.CANCELLED]) });
  stalled.resume(); // its end is seen once it has nothing more to read
  await until(() => stalled.destroyed);
  expect(stalled.rstCode).toBe(constants.NGHTTP2_CANCEL);
  await noOpenCalls(service.calls);
  expect(service.broadcast.size).toBe(0);
});

test('who is given up and reads then gets the reason', async () => {
  const options = { bufferBytes: 1, sendTimeoutMs: SOON_MS };
  const { send, enterStalled, broadcast } = await startBroadcast(options, NEVER_MS);
  const stalled = await enterStalled();
  const end = once(stalled, 'trailers');
  await Promise.all(numbers(3).map((n) => send(answer(n, MEBIBYTE))));
  expect(broadcast.size).toBe(0);
  stalled.session?.settings({ initialWindowSize: 4 * MEBIBYTE.length });
  stalled.session?.setLocalWindowSize(4 * MEBIBYTE.length);
  stalled.resume();
  const [trailers] = await end;
  expect(trailers).toMatchObject({ 'grpc-status': '8', 'grpc-message': encodeURI('you read too slowly') });
  stalled.close(constants.NGHTTP2_CANCEL);
});

test('who takes nothing is left alone as long as nobody waits for it', async () => {
  const { send, enterStalled, broadcast } = await startBroadcast({ sendTimeoutMs: SOON_MS });
  const stalled = await enterStalled();
  for (const n of numbers(3)) await send(answer(n, LARGE));
  await setTimeout(3 * SOON_MS);
  expect(broadcast.size).toBe(1);
  stalled.close(constants.NGHTTP2_CANCEL);
});

test('who takes a large message bit by bit is waited for, however long it takes', async () => {
  const { send, enterStalled, broadcast } = await startBroadcast({ bufferBytes: 1, sendTimeoutMs: SOON_MS });
  const slow = await enterStalled(65_535);
  const start = performance.now();
  const sending = Promise.all(numbers(3).map((n) => send(answer(n, MEBIBYTE))));
  let bytes = 0;
  let part = 0;
  slow.on('data', (data: Buffer) => {
    bytes += data.length;
    part += data.length;
    if (part > 100_000) slow.pause();
  });
  while (bytes < 2 * MEBIBYTE.length) {
    await until(() => part > 100_000 || broadcast.size === 0);
    expect(broadcast.size).toBe(1);
    await setTimeout(SOON_MS / 5);
    part = 0;
    slow.resume();
  }
  expect(performance.now() - start).toBeGreaterThan(3 * SOON_MS);
  expect(broadcast.size).toBe(1);
  slow.resume();
  await sending;
  slow.close(constants.NGHTTP2_CANCEL);
});

test('while the server itself is held up, nobody is given up', async () => {
  const { send, enterOne } = await startBroadcast({ bufferBytes: 1, sendTimeoutMs: SOON_MS });
  const call = await enterOne();
  const sending = Promise.all(numbers(100).map((n) => send(answer(n, LARGE))));
  for (let times = 0; times < 3; times++) {
    const end = performance.now() + SOON_MS;
    while (performance.now() < end);
    await setTimeout(1);
  }
  expect(await read(call, 100)).toEqual(numbers(100));
  await sending;
});

test.each(['cancels', 'is gone'])('senders go on when the one that they wait for %s', async (how) => {
  const { send, enterStalled, broadcast } = await startBroadcast({ bufferBytes: 1, sendTimeoutMs: NEVER_MS });
  const stalled = await enterStalled();
  const sending = Promise.all(numbers(10).map((n) => send(answer(n, LARGE))));
  if (how === 'cancels') stalled.close(constants.NGHTTP2_CANCEL);
  else stalled.session?.destroy();
  await sending;
  expect(broadcast.size).toBe(0);
});

test('many senders that wait go on one after the other', async () => {
  const { send, enterOne } = await startBroadcast({ bufferBytes: 1, sendTimeoutMs: NEVER_MS });
  const call = await enterOne();
  const sending = Promise.all(numbers(20_000).map((n) => send(answer(n))));
  expect(await read(call, 20_000)).toEqual(numbers(20_000));
  await sending;
});

test('a sender that waits withdraws its message by its signal', async () => {
  const { send, enterOne, enterStalled } = await startBroadcast({ bufferBytes: 1, sendTimeoutMs: NEVER_MS });
  const [call, stalled] = [await enterOne(), await enterStalled()];
  const controller = new AbortController();
  await Promise.all([1, 2].map((n) => send(answer(n, MEBIBYTE)))); // on its way, and in the log
  const sending = [failureOf(send(answer(3), controller.signal)), send(answer(4))];
  controller.abort('stop');
  expect(await sending[0]).toBe('stop');
  expect(await failureOf(send(answer(5), controller.signal))).toBe('stop');
  stalled.close(constants.NGHTTP2_CANCEL);
  await sending[1];
  expect(await read(call, 3)).toEqual([1, 2, 4]);
});

test.each([
  ['OK', undefined],
  ['the error', statusError(status.ABORTED, 'enough')],
])('a subscription that ends gives what was sent until then, then %s', async (_, error) => {
  const { send, enterOne, subscriptions } = await startBroadcast({});
  const [call, other] = [await enterOne(), await enterOne()];
  await send(answer(1));
  await send(answer(2));
  subscriptions[0]?.end(error);
  await send(answer(3));
  const heard: number[] = [];
  const reading = (async () => {
    for await (const { n } of call.responses) heard.push(n);
  })();
  if (error) expect(await failureOf(reading)).toMatchObject({ code: status.ABORTED });
  await reading.catch(() => {});
  expect(heard).toEqual([1, 2]);
  expect(await read(other, 3)).toEqual([1, 2, 3]);
});

test('a server that stops ends every subscription with its reason', async () => {
  const { send, enter, calls, broadcast } = await startBroadcast({});
  const subscribed = await enter(3);
  await send(answer(1));
  calls.interrupt(statusError(status.UNAVAILABLE, 'bye'));
  await send(answer(2));
  for (const { responses } of subscribed) {
    expect(await failureOf(all(responses))).toMatchObject({ code: status.UNAVAILABLE });
  }
  expect(broadcast.size).toBe(0);
});

test('the bytes of a message are made once, for all calls', async () => {
  const made = vi.spyOn(definition.talk, 'responseSerialize');
  onTestFinished(() => made.mockRestore());
  const { send, enter } = await startBroadcast({});
  const heard = (await enter(20)).map((call) => read(call, 10));
  for (const n of numbers(10)) await send(answer(n));
  await Promise.all(heard);
  expect(made).toHaveBeenCalledTimes(10);
});

test('a subscription has one reader', async () => {
  const { enterOne, subscriptions } = await startBroadcast({});
  const call = await enterOne(); // the handler reads
  await expect(subscriptions[0]?.next()).rejects.toThrow('one reader');
  call.grpcCall.cancel();
});
