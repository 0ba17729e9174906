import { Metadata, status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { bidiStreaming, clientStreaming, serverStreaming, statusError, unary } from '../src/index.ts';
import { connectRaw, frameOf } from './raw-client.ts';
import { type Ask, answer, ask, startService } from './test-service.ts';

// What goes over the wire, and what a server makes of requests that no gRPC library would send.

const WINDOW = 65_535;
const KINDS = ['Say', 'Collect', 'List', 'Talk'] as const;
const isStream = (kind: (typeof KINDS)[number]) => kind === 'Collect' || kind === 'Talk';
const INVALID = String(status.INVALID_ARGUMENT);

async function start() {
  const read: number[] = [];
  const failures: Promise<unknown>[] = [];
  const readAll = async (requests: AsyncIterable<Ask>) => {
    for await (const { n } of requests) read.push(n);
  };
  const { address } = await startService({
    say: unary(({ n }) => {
      read.push(n);
      return answer(n);
    }),
    list: serverStreaming(async function* ({ n }) {
      read.push(n);
      yield answer(n);
    }),
    collect: clientStreaming(async (requests) => {
      const reading = readAll(requests);
      failures.push(reading.catch((error: unknown) => error));
      await reading;
      return answer(1);
    }),
    talk: bidiStreaming(async function* (requests) {
      yield answer(0);
      const reading = readAll(requests);
      failures.push(reading.catch((error: unknown) => error));
      await reading;
      yield answer(1);
    }),
  });
  return { raw: connectRaw(address, WINDOW), read, failures };
}

describe.each(KINDS)('%s', (kind) => {
  test('a request that is cut off is INVALID_ARGUMENT, and the handler never takes a part for the whole', async () => {
    for (const cut of [frameOf(ask(2)).subarray(0, 9), Buffer.from([0, 0, 0])]) {
      const { raw, read, failures } = await start();
      const { 'grpc-status': code, 'grpc-message': words } = await raw.ask(kind, Buffer.concat([frameOf(ask(1)), cut]));
      expect({ code, words: decodeURI(String(words)) }).toEqual({
        code: INVALID,
        words: 'the last request is cut off',
      });
      expect(read).toEqual(isStream(kind) ? [1] : []);
      expect(await Promise.all(failures)).toMatchObject(isStream(kind) ? [{ code: status.CANCELLED }] : []);
    }
  });

  test('a request that cannot be read is INVALID_ARGUMENT, in words', async () => {
    const { raw } = await start();
    const { 'grpc-status': code, 'grpc-message': words } = await raw.ask(kind, frameOf(Buffer.from('{')));
    expect({ code, words: decodeURI(String(words)) }).toEqual({
      code: INVALID,
      words: 'a request cannot be read: it is no message of this method, or its text is not UTF-8',
    });
  });

  test('a request that is marked as compressed by nothing is refused', async () => {
    const { raw } = await start();
    for (const headers of [{}, { 'grpc-encoding': 'identity' }]) {
      expect(await raw.ask(kind, frameOf(ask(1), 1), headers)).toMatchObject({
        'grpc-status': String(status.INTERNAL),
        'grpc-message': expect.stringContaining('compressed'),
      });
    }
    for (const flag of [0, 1])
      expect(await raw.ask(kind, frameOf(ask(1), flag), { 'grpc-encoding': 'zebra' })).toMatchObject({
        'grpc-status': String(status.UNIMPLEMENTED),
      });
  });

  test('OK goes out without a message', async () => {
    const { raw } = await start();
    expect(await raw.ask(kind, frameOf(ask(1)))).toMatchObject({ 'grpc-status': '0', 'grpc-message': '' });
  });
});

test('binary metadata goes out without padding, in headers and trailers, and statuses', async () => {
  const metadata = () => {
    const made = new Metadata();
    for (const text of ['1', '22', '333']) made.add('some-bin', Buffer.from(text));
    made.set('text', 'a=');
    return made;
  };
  const { address } = await startService({
    say: unary(({ n }, { call, trailer }) => {
      call.sendMetadata(metadata());
      trailer.set('last-bin', Buffer.from('4'));
      if (n < 0) throw statusError(status.ABORTED, 'negative', metadata());
      return answer(n);
    }),
  });
  const raw = connectRaw(address, WINDOW);
  const sent = { 'some-bin': 'MQ, MjI, MzMz', text: 'a=', 'last-bin': 'NA' };
  expect(await raw.ask('Say', frameOf(ask(1)))).toMatchObject({ ...sent, 'grpc-status': '0' });
  expect(await raw.ask('Say', frameOf(ask(-1)))).toMatchObject({ ...sent, 'grpc-status': String(status.ABORTED) });
});
