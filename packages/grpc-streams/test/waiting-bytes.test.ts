import { once } from 'node:events';
import { connect } from 'node:http2';
import { gzipSync } from 'node:zlib';
import { type ServerWritableStream, status } from '@grpc/grpc-js';
import { until } from '@grpc-by-example/testing';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  bidiCall,
  bidiStreaming,
  clientStreaming,
  clientStreamingCall,
  STREAMING,
  serverStreaming,
  serverStreamingCall,
} from '../src/index.ts';
import { Waiting } from './each-kind.ts';
import { MANY } from './producer.ts';
import {
  type Answer,
  type Ask,
  answer,
  ask,
  definition,
  LARGE,
  soon,
  startService,
  type TestHandlers,
} from './test-service.ts';
import { all, Deferred, standstill } from './wait.ts';

const MEBIBYTE = 2 ** 20;

/** The size of a message, and how many of it may wait where 1 MiB may, and two messages. */
const sizes = [
  { size: '1 MiB', text: 'x'.repeat(MEBIBYTE), most: 3 },
  { size: '3.9 MiB', text: 'x'.repeat(3.9 * MEBIBYTE), most: 2 },
];

type Codec = 'requestSerialize' | 'requestDeserialize' | 'responseSerialize' | 'responseDeserialize';

/** A message as it is on the wire. */
function framed(message: Ask, isCompressed: boolean): Buffer {
  const plain = definition.talk.requestSerialize(message);
  const body = isCompressed ? gzipSync(plain) : plain;
  const head = Buffer.alloc(5);
  head.writeUInt8(isCompressed ? 1 : 0);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

/** Counts how often grpc-js, on either side, has a message of the method written or read; to be called first. */
function countCalls(method: keyof TestHandlers, codec: Codec): () => number {
  const spy = vi.spyOn(definition[method], codec);
  onTestFinished(() => spy.mockRestore());
  return () => spy.mock.calls.length;
}

describe.each(sizes)('of messages of $size', ({ text, most }) => {
  /** Sends while it can; `sent` is the number that `send` has taken, with the one that waits. */
  function flood(call: { send(message: Ask): Promise<boolean> }) {
    const progress = { sent: 0 };
    const done = (async () => {
      while (progress.sent < MANY && (await call.send(ask(++progress.sent, text))));
    })();
    return { progress, done };
  }

  test.each(['collect', 'talk'] as const)('few wait for a handler that does not read: %s', async (method) => {
    const received = countCalls(method, 'requestDeserialize');
    const waiting = new Waiting();
    const { client } = await startService(
      {
        collect: clientStreaming((_, context) => waiting.body(context)),
        talk: bidiStreaming(async function* (_, context) {
          yield await waiting.body(context);
        }),
      },
      { channel: STREAMING },
    );
    const call =
      method === 'talk'
        ? bidiCall(client.talk(soon()))
        : clientStreamingCall<Ask, Answer>((done) => client.collect(soon(), done));
    const { progress, done } = flood(call);
    await until(() => received() > 0);
    await standstill(() => progress.sent);
    expect(received()).toBeLessThanOrEqual(most);
    expect(progress.sent - received()).toBeLessThanOrEqual(2);
    call.grpcCall.cancel();
    await done;
    await waiting.left;
  });

  test('few of those that come in one piece are unpacked for a handler that does not read, and all are read', async () => {
    const received = countCalls('talk', 'requestDeserialize');
    const goOn = new Deferred<void>();
    const read: number[] = [];
    const { address } = await startService({
      talk: bidiStreaming(async function* (requests) {
        yield answer(0);
        await goOn.promise;
        for await (const { n } of requests) read.push(n);
      }),
    });
    // Node's own client: that of grpc-js sends a message a time.
    const session = connect(`http://${address}`);
    onTestFinished(() => session.destroy());
    const call = session.request({
      ':method': 'POST',
      ':path': definition.talk.path,
      'content-type': 'application/grpc',
      te: 'trailers',
      'grpc-encoding': 'gzip',
    });
    const numbers = Array.from({ length: 20 }, (_, i) => i + 1);
    // Every fourth is small, and as it is, which each message may be.
    const message = (n: number) => (n % 4 === 0 ? framed(ask(n), false) : framed(ask(n, text), true));
    call.end(Buffer.concat(numbers.map(message)));
    await once(call, 'data');
    await standstill(received);
    expect(received()).toBeLessThanOrEqual(most + 20 / 4);
    goOn.resolve();
    await once(call.resume(), 'end');
    expect(read).toEqual(numbers);
  });

  test.each(['our', 'plain'] as const)('few wait for a client that does not read: %s handler', async (whose) => {
    const received = countCalls('list', 'responseDeserialize');
    let produced = 0;
    const plain = async (call: ServerWritableStream<Ask, Answer>) => {
      while (produced < MANY && !call.cancelled) if (!call.write(answer(++produced, text))) await once(call, 'drain');
    };
    const ours = serverStreaming(async function* (_: Ask) {
      yield answer(++produced); // goes out at once
      while (produced < MANY) yield answer(++produced, text);
    });
    const { client } = await startService({ list: whose === 'our' ? ours : (call) => void plain(call) });
    const call = serverStreamingCall(client.list(ask(1), soon()));
    await until(() => received() > 0);
    await standstill(() => produced);
    expect(received()).toBeLessThanOrEqual(whose === 'our' ? most + 1 : most);
    // One is on its way; a plain handler is told to wait with the second that waits.
    expect(produced - received()).toBeLessThanOrEqual(whose === 'our' ? 1 : 2);
    call.grpcCall.cancel();
    expect(await call.status).toMatchObject({ code: status.CANCELLED });
  });

  test('few wait for a plain handler that has paused', async () => {
    const received = countCalls('talk', 'requestDeserialize');
    const { client } = await startService(
      { talk: (call) => void call.on('data', () => call.pause()) },
      { channel: STREAMING },
    );
    const talk = bidiCall(client.talk(soon()));
    const { done } = flood(talk);
    await standstill(received);
    expect(received()).toBeLessThanOrEqual(most);
    talk.grpcCall.cancel();
    await done;
  });
});

test('so many bytes wait for a slow client as it says', async () => {
  const received = countCalls('list', 'responseDeserialize');
  const { client } = await startService({
    list: serverStreaming(async function* ({ n }) {
      for (let i = 1; i <= n; i++) yield answer(i, LARGE);
    }),
  });
  const open = (bufferBytes?: number) => serverStreamingCall(client.list(ask(100), soon()), { bufferBytes });
  const little = open(4 * LARGE.length);
  const ofLittle = await standstill(received);
  expect(ofLittle).toBeGreaterThanOrEqual(4);
  expect(ofLittle).toBeLessThanOrEqual(6);
  const usual = open();
  expect((await standstill(received)) - ofLittle).toBeGreaterThanOrEqual(16);
  for (const { responses } of [little, usual]) expect(await all(responses)).toHaveLength(100);
});

test('a sixteen of small messages wait for a handler that does not read, and for a client', async () => {
  const delivered = { requests: 0, responses: 0 };
  const waiting = new Waiting();
  const { client } = await startService({
    talk: bidiStreaming(async function* (_, context) {
      context.call.on('data', () => delivered.requests++);
      for (let n = 1; n <= 100; n++) yield answer(n);
      yield await waiting.body(context);
    }),
  });
  const talk = bidiCall(client.talk(soon()));
  talk.grpcCall.on('data', () => delivered.responses++);
  for (let n = 1; n <= 100; n++) await talk.send(ask(n));
  await standstill(() => delivered.requests + delivered.responses);
  expect(delivered).toEqual({ requests: 16, responses: 16 });
  talk.grpcCall.cancel();
  await waiting.left;
});

test('large responses after many small ones wait as large ones do', async () => {
  let large = 0;
  const { client } = await startService({
    list: serverStreaming(async function* () {
      for (let n = 1; n <= 5_000; n++) yield answer(n);
      while (large < MANY) yield answer(++large, 'x'.repeat(MEBIBYTE));
    }),
  });
  const call = serverStreamingCall(client.list(ask(1), soon()));
  let read = 0;
  for await (const { n } of call.responses) {
    expect(n).toBe(++read);
    if (read < 5_000) continue;
    await standstill(() => large);
    break;
  }
  expect(large).toBeLessThanOrEqual(5);
});

test.each(['data', 'readable', 'for await'])('a plain handler that reads by %s gets all messages', async (how) => {
  const { client } = await startService({
    talk: async (call) => {
      let count = 0;
      const answerAll = () => {
        call.write(answer(count));
        call.end();
      };
      if (how === 'data') {
        call.on('data', () => count++).on('end', answerAll);
      } else if (how === 'readable') {
        call.on('readable', () => {
          while (call.read() !== null) count++;
        });
        call.on('end', answerAll);
      } else {
        for await (const _ of call.iterator({ destroyOnReturn: false })) if (++count === 100) break;
        answerAll();
      }
    },
  });
  const talk = bidiCall(client.talk(soon()));
  for (let n = 1; n <= 100; n++) await talk.send(ask(n));
  if (how !== 'for await') talk.halfClose();
  expect(await all(talk.responses)).toEqual([answer(100)]);
});
