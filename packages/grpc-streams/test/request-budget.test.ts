import { type EventEmitter, once } from 'node:events';
import { constants } from 'node:http2';
import { setImmediate as turn } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { status } from '@grpc/grpc-js';
import { until } from '@grpc-by-example/testing';
import { describe, expect, test } from 'vitest';
import {
  bidiCall,
  bidiStreaming,
  clientStreaming,
  clientStreamingCall,
  STREAMING,
  unary,
  unaryCall,
} from '../src/index.ts';
import { connectRaw, frameOf } from './raw-client.ts';
import { type Answer, type Ask, answer, ask, soon, startService, type TestHandlers } from './test-service.ts';
import { all, Deferred, standstill } from './wait.ts';

const SIZE = 100_000;
const TEXT = 'x'.repeat(SIZE);

/** A service whose handlers wait, and that counts the calls that are reset. */
async function startWaiting(requestBytes: number) {
  const counts = { handled: 0, resets: 0 };
  const goOn = new Deferred();
  const wait = async () => {
    counts.handled += 1;
    await goOn.promise;
    return answer(1);
  };
  const service = await startService(
    {
      say: unary(wait),
      talk: bidiStreaming(async function* (requests, { signal }) {
        counts.handled += 1;
        await Promise.race([goOn.promise, once(signal, 'abort')]);
        for await (const { n } of requests) yield answer(n);
      }),
    },
    { bounds: { requestBytes, onReset: () => counts.resets++ }, channel: STREAMING },
  );
  return { ...service, counts, goOn };
}

describe('where calls hold more bytes of requests than all may', () => {
  const frame = frameOf(ask(1, TEXT));
  test.each([
    { what: 'that a handler has in hand', path: 'Say', body: frame },
    { what: 'that wait to be read', path: 'Talk', body: frame },
    { what: 'that are many and tiny', path: 'Talk', body: Buffer.concat(Array(250).fill(frameOf(Buffer.of(0x31)))) },
    { what: 'whose end has not come', path: 'Talk', body: frame.subarray(0, -1) },
    {
      what: 'that are small until they are unpacked',
      path: 'Talk',
      body: frameOf(gzipSync(frame.subarray(5)), 1),
      headers: { 'grpc-encoding': 'gzip' },
    },
  ] as const)('those of the connection that holds most are reset: requests $what', async ({ path, body, ...rest }) => {
    const { address, client, counts, goOn } = await startWaiting(10 * SIZE);
    const bystander = bidiCall(client.talk(soon()));
    await bystander.send(ask(7, TEXT));
    await until(() => counts.handled === 1);
    const attacker = connectRaw(address);
    const streams = Array.from({ length: 20 }, () => {
      const stream = attacker.open(path, 'headers' in rest ? rest.headers : {});
      if (path === 'Say') stream.end(body);
      else stream.write(body);
      return stream;
    });
    const codes = () => streams.filter(({ closed }) => closed).map(({ rstCode }) => rstCode);
    await until(() => codes().length >= 11);
    expect(new Set(codes())).toEqual(new Set([constants.NGHTTP2_ENHANCE_YOUR_CALM]));
    expect(counts.resets).toBeLessThanOrEqual(12);
    goOn.resolve();
    bystander.halfClose();
    expect(await all(bystander.responses)).toEqual([answer(7)]);
    for (const stream of streams) stream.close(constants.NGHTTP2_CANCEL);
  });

  test('of its calls the one that holds most goes first, and its client sees RESOURCE_EXHAUSTED', async () => {
    const { client, counts, goOn } = await startWaiting(10 * SIZE);
    const say = (times: number) => unaryCall<Answer>((done) => client.say(ask(1, TEXT.repeat(times)), soon(), done));
    const large = say(2);
    const failed = expect(large).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    await until(() => counts.handled === 1);
    const others = Array.from({ length: 9 }, () => say(1));
    await failed;
    goOn.resolve();
    expect(await Promise.all(others)).toHaveLength(9);
    expect(counts.resets).toBe(1);
  });

  test('one that is the only one passes', async () => {
    const { client, goOn } = await startWaiting(SIZE / 2);
    goOn.resolve();
    expect(await unaryCall<Answer>((done) => client.say(ask(1, TEXT), soon(), done))).toEqual(answer(1));
  });
});

const CALLS = 10;
const EACH = 40;

const readers: Record<string, Partial<TestHandlers>> = {
  'reads all': {
    collect: clientStreaming(async (requests) => {
      let last = 0;
      for await (const { n } of requests) last = n;
      return answer(last);
    }),
  },
  'leaves its loop': {
    collect: clientStreaming(async (requests, { call }) => {
      for await (const _ of requests) break;
      await once(call, 'end');
      return answer(EACH);
    }),
  },
  'is one of plain grpc-js': {
    collect: (call, callback) => {
      let last = 0;
      call.on('data', ({ n }: Ask) => {
        last = n;
      });
      call.on('end', () => callback(null, answer(last)));
    },
  },
};

test.each(Object.keys(readers))('what a handler has done with counts no more: one that %s', async (name) => {
  let resets = 0;
  const { client } = await startService(readers[name] ?? {}, {
    // As much as waits to be read, of one call at a time.
    bounds: { requestBytes: 20 * SIZE, onReset: () => resets++ },
    channel: STREAMING,
  });
  const calls = Array.from({ length: CALLS }, () =>
    clientStreamingCall<Ask, Answer>((done) => client.collect(soon(), done)),
  );
  for (const call of calls) for (let n = 1; n <= EACH; n++) expect(await call.send(ask(n, TEXT))).toBe(true);
  for (const call of calls) call.halfClose();
  for (const call of calls) expect(await call.response).toEqual(answer(EACH));
  expect(resets).toBe(0);
});

type Read = (requests: AsyncIterable<Ask>, call: EventEmitter) => Promise<void>;

/** Takes the first, and leaves its loop once no more come. */
const leaveLate: Read = async (requests, call) => {
  let came = 1;
  call.on('data', () => came++);
  for await (const _ of requests) {
    await standstill(() => came);
    break;
  }
};

test.each<{ what: string; sends: readonly Ask[]; read: Read }>([
  { what: 'that wait when it leaves its loop', sends: Array<Ask>(8).fill(ask(1, TEXT)), read: leaveLate },
  {
    what: 'that come when it has left its loop, of a client that had to wait',
    sends: Array<Ask>(EACH).fill(ask(1, TEXT)),
    read: async (requests, call) => {
      const ended = once(call, 'end');
      await leaveLate(requests, call);
      await ended;
    },
  },
  {
    what: 'of which it has the last when the half-close comes',
    sends: [ask(1, TEXT.repeat(8))],
    read: async (requests, call) => {
      for await (const _ of requests) {
        await once(call, 'end');
        await turn();
      }
    },
  },
])('a handler that goes on has done with the requests $what', async ({ sends, read }) => {
  const [isThrough, goOn] = [new Deferred(), new Deferred()];
  let resets = 0;
  const { client } = await startService(
    {
      collect: clientStreaming(async (requests, { call }) => {
        await read(requests, call);
        isThrough.resolve();
        await goOn.promise;
        return answer(1);
      }),
      say: unary(async () => answer(2)),
    },
    { bounds: { requestBytes: 20 * SIZE, onReset: () => resets++ }, channel: STREAMING },
  );
  const { send, halfClose, response } = clientStreamingCall<Ask, Answer>((done) => client.collect(soon(), done));
  for (const message of sends) expect(await send(message)).toBe(true);
  halfClose();
  await isThrough.promise;
  // Beside all that was sent, there would be no room for it.
  const say = unaryCall<Answer>((done) => client.say(ask(1, TEXT.repeat(15)), soon(), done));
  const ends = await Promise.allSettled([say]);
  goOn.resolve();
  expect(ends).toEqual([{ status: 'fulfilled', value: answer(2) }]);
  expect(await response).toEqual(answer(1));
  expect(resets).toBe(0);
});
