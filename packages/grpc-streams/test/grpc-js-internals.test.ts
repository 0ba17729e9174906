import { EventEmitter, once } from 'node:events';
import type { ClientHttp2Stream, ServerHttp2Stream } from 'node:http2';
import { gzipSync } from 'node:zlib';
import {
  type CallOptions,
  type ClientUnaryCall,
  compressionAlgorithms,
  InterceptingCall,
  type InterceptorOptions,
  ServerInterceptingCall,
  type ServerInterceptor,
  status,
} from '@grpc/grpc-js';
import { until } from '@grpc-by-example/testing';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  countReceived,
  countTaken,
  giveMessagesFirst,
  hearPieces,
  holdFewMessages,
  http2StreamOf,
  isCutOff,
  letGo,
  onClientStream,
  onReceived,
  shareFrames,
  timeLeft,
  unfinishedBytes,
  unpackWhenRead,
} from '../src/grpc-js-internals.ts';
import { unaryCall } from '../src/index.ts';
import { kinds } from './each-kind.ts';
import { connectRaw, frameOf as requestFrameOf } from './raw-client.ts';
import { frameOf, send, serveRaw } from './raw-server.ts';
import { answer, ask, definition, LARGE, soon, startService } from './test-service.ts';
import { all, Deferred, standstill } from './wait.ts';

const MEBIBYTE = 'x'.repeat(2 ** 20);

const statusOf = (call: EventEmitter) => once(call, 'status').then(([{ code }]) => code);

/** Has fields by the names that are looked for, further down. */
class Decoy extends ServerInterceptingCall {
  stream = {};
  handler = { deserialize: () => 'decoy' };
}

const serverInterceptors: [string, ServerInterceptor[]][] = [
  ['without interceptors', []],
  ['below interceptors', [(_, call) => new Decoy(call)]],
];

const clientInterceptors: [string, CallOptions][] = [
  ['without interceptors', {}],
  [
    'below interceptors',
    { interceptors: [(options: InterceptorOptions, next) => new InterceptingCall(next(options))] },
  ],
];

describe.each(serverInterceptors)('in a server call %s', (_, interceptors) => {
  test('there is the HTTP/2 stream, without which nothing is pipelined and nothing reset', async () => {
    const found = new Deferred<ServerHttp2Stream | undefined>();
    const { client } = await startService(
      {
        list: (call) => {
          found.resolve(http2StreamOf(call));
          call.end();
        },
      },
      { interceptors },
    );
    const ended = statusOf(client.list(ask(1), soon()).resume());
    const stream = await found.promise;
    expect(stream).toMatchObject({ id: 1, writableLength: expect.any(Number), close: expect.any(Function) });
    expect(stream?.session?.socket?.bytesWritten ?? 0).toBeGreaterThan(0);
    expect(await ended).toBe(status.OK);
  });

  test('the bytes of messages are counted, without which buffers have no bound in bytes', async () => {
    const bytes = new Deferred<number>();
    const { client } = await startService(
      {
        talk: (call) => {
          const received = countReceived(call);
          call.on('data', (request) => expect(request).toEqual(ask(1, LARGE)));
          call.on('end', () => {
            bytes.resolve(received.bytes);
            call.end();
          });
        },
      },
      { interceptors },
    );
    const talk = client.talk(soon());
    const ended = statusOf(talk.resume());
    for (let n = 0; n < 3; n++) talk.write(ask(1, LARGE));
    talk.end();
    expect(await bytes.promise).toBe(3 * JSON.stringify(ask(1, LARGE)).length);
    expect(await ended).toBe(status.OK);
  });

  test('what is taken is counted, also of a part of a message, without which a slow client looks like a stalled one', async () => {
    const counted = new Deferred<{ readonly bytes: number }>();
    const sent = [answer(1), answer(2, MEBIBYTE), ...Array.from({ length: 50 }, (_, n) => answer(n, LARGE))];
    const { address } = await startService(
      {
        list: (call) => {
          counted.resolve(countTaken(call));
          for (const message of sent) call.write(message);
          call.end();
        },
      },
      { interceptors },
    );
    const stream = connectRaw(address, 65_535).call('List', ask(1));
    const taken = await counted.promise;
    await standstill(() => taken.bytes);
    expect(taken.bytes).toBeGreaterThan(JSON.stringify(answer(1)).length + 5);
    expect(taken.bytes).toBeLessThan(65_535);
    let received = 0;
    stream.on('data', (bytes: Buffer) => {
      received += bytes.length;
    });
    await once(stream, 'close');
    const size = sent.reduce((sum, message) => sum + 5 + JSON.stringify(message).length, 0);
    expect([taken.bytes, received]).toEqual([size, size]);
  });

  test('the bytes of a message are shared, without which each call makes its own', async () => {
    const made = vi.spyOn(definition.list, 'responseSerialize');
    onTestFinished(() => made.mockRestore());
    const frames = new WeakMap<object, Buffer | undefined>();
    const [known, other] = [answer(1), answer(2)];
    frames.set(known, undefined);
    const { client } = await startService(
      {
        list: (call) => {
          shareFrames(call, frames);
          call.write(known);
          call.write(other);
          call.end();
        },
      },
      { interceptors },
    );
    for (let n = 1; n <= 3; n++) {
      expect(await all(client.list(ask(1), soon()))).toEqual([known, other]);
      expect(made).toHaveBeenCalledTimes(1 + n);
    }
  });

  test('messages are unpacked when they are read, without which all that come in one piece are at once', async () => {
    const found = new Deferred<unknown>();
    const { client } = await startService(
      {
        talk: (call) => {
          found.resolve(unpackWhenRead(call));
          call.end();
        },
      },
      { interceptors, channel: { 'grpc.default_compression_algorithm': compressionAlgorithms.gzip } },
    );
    const talk = client.talk(soon());
    const ended = statusOf(talk.resume());
    talk.end();
    expect(await found.promise).toBeInstanceOf(Function);
    expect(await ended).toBe(status.OK);
  });
});

describe.each(clientInterceptors)('in a client call %s', (_, options) => {
  test('the bytes of messages are counted, without which buffers have no bound in bytes', async () => {
    const { client } = await startService({
      list: (call) => {
        for (let n = 0; n < 3; n++) call.write(answer(1, LARGE));
        call.end();
      },
    });
    const list = client.list(ask(1), { ...soon(), ...options });
    const received = countReceived(list);
    for await (const response of list) expect(response).toEqual(answer(1, LARGE));
    expect(received.bytes).toBe(3 * JSON.stringify(answer(1, LARGE)).length);
  });

  test('there is the HTTP/2 stream and its reader, without which error statuses drop the messages before them', async () => {
    const { client } = await startService({
      list: (call) => {
        call.write(answer(1));
        call.end();
      },
    });
    const call = client.list(ask(1), { ...soon(), ...options });
    const found = new Deferred<{ stream: ClientHttp2Stream; reader: object }>();
    onClientStream(call, (stream, reader) => found.resolve({ stream, reader }));
    const ended = statusOf(call.resume());
    const { stream, reader } = await found.promise;
    expect(stream).toMatchObject({ id: 1, read: expect.any(Function) });
    expect(reader).toMatchObject({
      listener: { onReceiveStatus: expect.any(Function) },
      onDisconnect: expect.any(Function),
    });
    expect(await ended).toBe(status.OK);
  });
});

describe.each(clientInterceptors)('of a client call %s', (_, options) => {
  test('the messages and the status are heard of, without which ends are as grpc-js has them', async () => {
    const { client } = await startService({
      list: (call) => {
        for (let n = 0; n < 3; n++) call.write(answer(1));
        call.end();
      },
    });
    let messages = 0;
    const call = client.list(ask(1), { ...soon(), ...options });
    onReceived(call, {
      message: () => messages++,
      status: (received) => ({ ...received, details: `${received.code}, put right` }),
    });
    const [ended] = await once(call.resume(), 'status');
    expect(ended).toMatchObject({ code: status.OK, details: '0, put right' });
    expect(messages).toBe(3);
  });

  test('the deadline is known, without which a reset at that time is CANCELLED', async () => {
    const { client } = await startService({ list: (call) => call.end() });
    const deadline = Date.now() + 1e6;
    for (const given of [deadline, new Date(deadline)]) {
      const call = client.list(ask(1), { deadline: given, ...options });
      expect(timeLeft(call)).toBeGreaterThan(0);
      expect(timeLeft(call)).toBeLessThanOrEqual(1e6);
      expect(await statusOf(call.resume())).toBe(status.OK);
    }
    const call = client.list(ask(1), options);
    expect(timeLeft(call)).toBe(Number.POSITIVE_INFINITY);
    expect(await statusOf(call.resume())).toBe(status.OK);
  });
});

test.each(kinds)('a closed stream holds no $kind call, without which a call costs a fifth more', async (kind) => {
  const { client } = await startService(kind.handlers(() => answer(1)));
  const readers: object[] = [];
  for (let n = 0; n < 2; n++) {
    const call = kind.kind === 'unary' ? unaryCall((done) => client.say(ask(1), soon(), done)) : kind.start(client);
    const { grpcCall, status: ended } = call;
    expect(await ended).toMatchObject({ code: status.OK });
    const path = ['call', 'call', 'child', 'underlyingCalls', '0', 'call', 'child'];
    const reader = path.reduce<object>((part, name) => Reflect.get(part, name), grpcCall);
    const stream: EventEmitter = Reflect.get(reader, 'http2Stream');
    // grpc-js's own.
    expect([stream.listenerCount('response'), stream.listenerCount('trailers')]).toEqual([1, 1]);
    readers.push(reader);
  }
  const [listener, another] = readers.map((reader) => Reflect.get(reader, 'listener'));
  expect(listener).toBe(another);
  for (const hear of ['onReceiveMetadata', 'onReceiveMessage', 'onReceiveStatus']) Reflect.get(listener, hear)();
});

test('a decoder tells whether it is in the middle of a message, without which one that is cut off is no error', async () => {
  const states: boolean[] = [];
  const client = await serveRaw((stream) =>
    send(stream, { body: [frameOf(answer(1))], trailers: { 'grpc-status': '0' } }),
  );
  const call = client.list(ask(1), soon());
  onClientStream(call, (stream, reader) => {
    const decoder = Reflect.get(reader, 'decoder') as { write(bytes: Buffer): unknown };
    for (const part of [[0, 0], [0, 0, 1], [7]]) {
      decoder.write(Buffer.from(part));
      states.push(isCutOff(reader));
    }
    stream.resume();
  });
  expect(await statusOf(call.resume())).toBe(status.OK);
  expect(states).toEqual([true, true, false]);
});

test('the bytes of requests are heard as they come, and how many are of one that is not there whole', async () => {
  let heard = 0;
  let whole = 0;
  let unfinished = () => 0;
  const { address } = await startService({
    talk: (call) => {
      hearPieces(call, (bytes, messages) => {
        heard += bytes;
        whole += messages;
      });
      unfinished = () => unfinishedBytes(call);
      call.resume().on('end', () => call.end());
    },
  });
  const frame = requestFrameOf(ask(1));
  const stream = connectRaw(address).open('Talk').resume();
  stream.write(Buffer.concat([frame, frame.subarray(0, 8)]));
  await until(() => heard === frame.length + 8);
  expect(unfinished()).toBe(3);
  stream.end(frame.subarray(8));
  await once(stream, 'close');
  expect([heard, whole]).toEqual([2 * frame.length, 2]);
  expect(unfinished()).toBe(0);
});

test('what is unpacked is heard piece by piece, and no more comes out once the call is over', async () => {
  const message = requestFrameOf(gzipSync(MEBIBYTE), 1);
  const unpack = (hear: (bytes: number, stream: { closed: boolean }) => void) => {
    const stream = { closed: false };
    const part = {
      incomingEncoding: 'gzip',
      stream,
      decompressMessage: (_message: Buffer, _encoding: string): unknown => undefined,
    };
    unpackWhenRead(part, (bytes) => hear(bytes, stream))?.();
    return part.decompressMessage(message, 'gzip');
  };
  const pieces: number[] = [];
  expect(String(await unpack((bytes) => pieces.push(bytes)))).toBe(MEBIBYTE);
  expect(pieces.length).toBeGreaterThan(10);
  expect(pieces.reduce((sum, bytes) => sum + bytes)).toBe(MEBIBYTE.length);

  let heard = 0;
  const ended = unpack((_, stream) => {
    heard += 1;
    stream.closed = true;
  });
  await expect(ended).rejects.toMatchObject({ code: status.CANCELLED });
  expect(heard).toBe(1);
});

test('a stream holds as few messages as it is told, without which it holds 16, however large', async () => {
  const marks = new Deferred<[number, number]>();
  const { client } = await startService({
    talk: (call) => {
      holdFewMessages(call);
      marks.resolve([call.readableHighWaterMark, call.writableHighWaterMark]);
      call.end();
    },
  });
  const talk = client.talk(soon());
  expect([talk.readableHighWaterMark, talk.writableHighWaterMark]).toEqual([16, 16]);
  holdFewMessages(talk);
  expect([talk.readableHighWaterMark, talk.writableHighWaterMark]).toEqual([0, 2]);
  const ended = statusOf(talk.resume());
  expect(await marks.promise).toEqual([0, 2]);
  expect(await ended).toBe(status.OK);
});

test('where a field is gone, nothing breaks', () => {
  expect(http2StreamOf({ call: { nextCall: { stream: 'none' } } })).toBeUndefined();
  expect(http2StreamOf({})).toBeUndefined();
  expect(countReceived({ call: { handler: {} } })).toEqual({ bytes: 0 });
  expect(unpackWhenRead({ incomingEncoding: 'gzip' })).toBeUndefined();
  expect(countTaken({})).toEqual({ bytes: 0 });
  shareFrames({}, new WeakMap());
  holdFewMessages({});
  onReceived({ call: { call: { listener: {} } } }, { message: () => {}, status: () => expect.unreachable() });
  expect(timeLeft({ call: { call: {} } })).toBe(Number.POSITIVE_INFINITY);
  expect(isCutOff({ decoder: {} })).toBe(false);
  expect(unfinishedBytes({ decoder: {} })).toBe(0);
  hearPieces({ decoder: {} }, () => {});
  for (const resolving of [{ child: {} }, { channel: {}, callNumber: 1 }, {}]) {
    const call = Object.assign(new EventEmitter(), { call: { call: resolving } }) as unknown as ClientUnaryCall;
    onClientStream(call, () => expect.unreachable());
    call.emit('status');
  }
  giveMessagesFirst({} as ClientHttp2Stream, { listener: {} });
  const reader = {};
  letGo(reader);
  expect(reader).toEqual({});
});
