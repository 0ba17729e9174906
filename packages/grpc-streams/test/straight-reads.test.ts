import { type EventEmitter, once } from 'node:events';
import http2, { type ClientSessionOptions, type ServerHttp2Stream } from 'node:http2';
import { Duplex, type Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import {
  InterceptingCall,
  type InterceptorOptions,
  type NextCall,
  ServerInterceptingCall,
  type ServerInterceptor,
  status,
} from '@grpc/grpc-js';
import { until } from '@grpc-by-example/testing';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { http2StreamOf } from '../src/grpc-js-internals.ts';
import { bidiCall, bidiStreaming, clientStreaming, serverStreaming, serverStreamingCall, unary } from '../src/index.ts';
import { connectRaw, frameOf as requestFrame } from './raw-client.ts';
import { frameOf, send, serveRaw } from './raw-server.ts';
import { answer, ask, LARGE, soon, startService } from './test-service.ts';
import { all, Deferred, standstill } from './wait.ts';

const GZIP = { 'grpc-encoding': 'gzip' };

/** Writes it in pieces of so many bytes, each in a frame of its own. */
async function inPieces(stream: Writable, body: Buffer, size: number): Promise<void> {
  for (let at = 0; at < body.length; at += size) {
    await new Promise((resolve) => stream.write(body.subarray(at, at + size), resolve));
    await turn();
  }
}

describe.each([1, 3, 6, 7, 50, 4_096])('in pieces of %i bytes', (size) => {
  const text = (n: number) => (n === 3 && size > 100 ? LARGE : 'x'.repeat(n));

  test('responses arrive whole and in order', async () => {
    const sent = Array.from({ length: 8 }, (_, n) => answer(n, text(n)));
    const client = await serveRaw((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      void inPieces(stream, Buffer.concat(sent.map((message) => frameOf(message))), size).then(() => stream.end());
    });
    expect(await all(serverStreamingCall(client.list(ask(1), soon())).responses)).toEqual(sent);
  });

  test('requests arrive whole and in order', async () => {
    const sent = Array.from({ length: 8 }, (_, n) => ask(n, text(n)));
    const read: unknown[] = [];
    const { address } = await startService({
      collect: clientStreaming(async (requests) => {
        for await (const request of requests) read.push(request);
        return answer(0);
      }),
    });
    const frames = Buffer.concat(sent.map((message) => requestFrame(message)));
    const stream = connectRaw(address, 65_535).open('Collect').resume();
    await inPieces(stream, frames, size);
    stream.end();
    await once(stream, 'close');
    expect(read).toEqual(sent);
  });
});

test('responses that are compressed and such that are not keep their order', async () => {
  const sent = Array.from({ length: 60 }, (_, n) => answer(n, LARGE));
  const client = await serveRaw((stream) =>
    send(stream, {
      headers: GZIP,
      body: sent.map((message, n) => frameOf(message, { gzip: n % 3 === 1 })),
      trailers: { 'grpc-status': '0' },
    }),
  );
  expect(await all(serverStreamingCall(client.list(ask(1), soon())).responses)).toEqual(sent);
});

test('headers come before the first response, although Node tells of that before them', async () => {
  const { connect } = http2;
  // From such a connection one turn reads headers and messages, as now and then over TLS.
  const connecting = vi.spyOn(http2, 'connect').mockImplementation(((
    authority: string,
    options: ClientSessionOptions,
  ) =>
    connect(authority, {
      ...options,
      createConnection: (...args) => {
        const socket = options.createConnection?.(...args) as Duplex;
        return Duplex.from({ readable: socket, writable: socket });
      },
    })) as typeof connect);
  onTestFinished(() => connecting.mockRestore());
  const sent = [answer(1), answer(2)];
  const client = await serveRaw((stream) =>
    send(stream, {
      headers: GZIP, // without which the first response cannot be read
      body: sent.map((message) => frameOf(message, { gzip: true })),
      trailers: { 'grpc-status': '0' },
    }),
  );
  const { grpcCall, responses } = serverStreamingCall(client.list(ask(1), soon()));
  const events: string[] = [];
  for (const event of ['metadata', 'data', 'status']) grpcCall.on(event, () => events.push(event));
  expect(await all(responses)).toEqual(sent);
  expect(connecting).toHaveBeenCalledOnce();
  expect(events).toEqual(['metadata', 'data', 'data', 'status']);
});

/** Asks twice for each message, and gives each later than it came. */
class SlowCall extends InterceptingCall {
  constructor(options: InterceptorOptions, next: NextCall) {
    super(next(options), {
      start: (metadata, _, start) =>
        start(metadata, { onReceiveMessage: (message, pass) => void turn().then(() => pass(message)) }),
    });
  }

  override startRead(): void {
    super.startRead();
    super.startRead();
  }
}

const slowServer: ServerInterceptor = (_, call) =>
  new ServerInterceptingCall(call, {
    start: (start) =>
      start({
        onReceiveMessage: (message, pass) => void turn().then(() => pass(message)),
        onReceiveHalfClose: (pass) =>
          void turn()
            .then(() => turn())
            .then(() => pass()),
      }),
  });

test('interceptors that ask more often and pass on later change nothing', async () => {
  const { client } = await startService(
    {
      talk: bidiStreaming(async function* (requests) {
        for await (const { n } of requests) yield answer(n);
      }),
    },
    { interceptors: [slowServer] },
  );
  const talk = bidiCall(client.talk({ ...soon(), interceptors: [(options, next) => new SlowCall(options, next)] }));
  const read = all(talk.responses);
  for (let n = 1; n <= 300; n++) await talk.send(ask(n));
  talk.halfClose();
  expect((await read).map(({ n }) => n)).toEqual(Array.from({ length: 300 }, (_, n) => n + 1));
});

/** In which turn of the event loop each message came. */
function turnsOf(call: EventEmitter): number[] {
  const turns: number[] = [];
  let now = 0;
  call.on('data', () => {
    if (turns.length === 0) process.nextTick(() => now++);
    turns.push(now);
  });
  return turns;
}

test('what comes in one piece goes up in one turn, until the reader has enough', async () => {
  const client = await serveRaw((stream) =>
    send(stream, { body: Array.from({ length: 100 }, (_, n) => frameOf(answer(n))), trailers: { 'grpc-status': '0' } }),
  );
  const list = serverStreamingCall(client.list(ask(1), soon()));
  const responses = turnsOf(list.grpcCall);
  list.grpcCall.pause(); // holds nothing back, and holds up no end
  await standstill(() => responses.length);
  expect(responses).toEqual(Array(16).fill(0));
  expect(await all(list.responses)).toHaveLength(100);

  const requests = new Deferred<number[]>();
  const { address } = await startService({
    talk: bidiStreaming(async function* (_, { call, signal }) {
      requests.resolve(turnsOf(call));
      yield answer(1);
      await once(signal, 'abort');
    }),
  });
  const stream = connectRaw(address, 65_535).open('Talk');
  stream.write(Buffer.concat(Array.from({ length: 100 }, (_, n) => requestFrame(ask(n)))));
  const came = await requests.promise;
  await standstill(() => came.length);
  expect(came).toEqual(Array(16).fill(0));
  stream.close();
});

test('a request that is too large ends its call, whatever comes after it', async () => {
  const { address } = await startService({
    collect: clientStreaming(async (requests) => {
      for await (const _ of requests);
      return answer(0);
    }),
  });
  const stream = connectRaw(address, 65_535).open('Collect');
  const ended = once(stream, 'response');
  await inPieces(stream, Buffer.concat([Buffer.from([0, 1, 0, 0, 0]), Buffer.alloc(100)]), 5);
  const [headers] = await ended;
  expect(headers['grpc-status']).toBe(`${status.RESOURCE_EXHAUSTED}`);
});

test('a call that ends at the second of many requests closes its stream', async () => {
  let opened: ServerHttp2Stream | undefined;
  const { address } = await startService(
    { say: unary(async () => answer(1)) },
    {
      interceptors: [
        (_, call) => {
          opened = http2StreamOf(call);
          return new ServerInterceptingCall(call);
        },
      ],
    },
  );
  const stream = connectRaw(address, 65_535).open('Say').resume();
  const ended = once(stream, 'response');
  stream.end(
    Buffer.concat([ask(1), ask(2), ask(3), ask(4, LARGE), ask(5, LARGE)].map((message) => requestFrame(message))),
  );
  const [headers] = await ended;
  expect(headers['grpc-status']).toBe(`${status.UNIMPLEMENTED}`);
  await until(() => opened?.destroyed === true);
});

test('a call that is cancelled as a response comes gives no more, and its stream closes', async () => {
  const opened = new Deferred<ServerHttp2Stream>();
  const client = await serveRaw((stream) => {
    opened.resolve(stream);
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
    for (let n = 0; n < 2_000; n++) stream.write(frameOf(answer(n, LARGE)));
  });
  const list = serverStreamingCall(client.list(ask(1), soon()));
  let count = 0;
  list.grpcCall.on('data', () => {
    if (++count === 3) list.grpcCall.cancel();
  });
  expect(await list.status).toMatchObject({ code: status.CANCELLED });
  expect(count).toBe(3);
  const stream = await opened.promise;
  await until(() => stream.closed);
});

/** What nobody handles, which ends a program that does not listen for it. */
function unhandledRejections(): unknown[] {
  const listeners = process.listeners('unhandledRejection');
  const reasons: unknown[] = [];
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', (reason) => reasons.push(reason));
  onTestFinished(() => {
    process.removeAllListeners('unhandledRejection');
    for (const listener of listeners) process.on('unhandledRejection', listener);
  });
  return reasons;
}

// The third comes with those before it; the twentieth when the reader asks for more.
test.each([3, 20])(
  'what a listener throws at message %i is left to its program, and the loop gets all',
  async (nth) => {
    const unhandled = unhandledRejections();
    const error = new Error('of a listener');
    const throwAt = () => {
      let count = 0;
      return () => {
        if (++count === nth) throw error;
      };
    };
    const client = await serveRaw((stream) =>
      send(stream, {
        body: Array.from({ length: 40 }, (_, n) => frameOf(answer(n))),
        trailers: { 'grpc-status': '0' },
      }),
    );
    const list = serverStreamingCall(client.list(ask(1), soon()));
    list.grpcCall.on('data', throwAt());
    expect(await all(list.responses)).toHaveLength(40);
    await until(() => unhandled.length === 1);

    const { address } = await startService({
      talk: bidiStreaming(async function* (requests, { call }) {
        call.on('data', throwAt());
        yield answer((await all(requests)).length);
      }),
    });
    const stream = connectRaw(address, 65_535).open('Talk');
    const received: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => received.push(chunk));
    stream.end(Buffer.concat(Array.from({ length: 40 }, (_, n) => requestFrame(ask(n)))));
    await once(stream, 'close');
    expect(Buffer.concat(received)).toEqual(frameOf(answer(40)));
    await until(() => unhandled.length === 2);
    expect(unhandled).toEqual([error, error]);
  },
);

test('what an interceptor throws is no message that is too large', async () => {
  const unhandled = unhandledRejections();
  const error = new Error('of an interceptor');
  const client = await serveRaw((stream) =>
    send(stream, { body: [frameOf(answer(1))], trailers: { 'grpc-status': '0' } }),
  );
  serverStreamingCall(
    client.list(ask(1), {
      ...soon(),
      interceptors: [
        (options, next) =>
          new InterceptingCall(next(options), {
            start: (metadata, _, start) =>
              start(metadata, {
                onReceiveMessage: () => {
                  throw error;
                },
              }),
          }),
      ],
    }),
  );
  await until(() => unhandled.length === 1);
  expect(unhandled).toEqual([error]);

  const failing: ServerInterceptor = (_, call) =>
    new ServerInterceptingCall(call, {
      start: (start) =>
        start({
          onReceiveMessage: (message: { n: number }, pass) => {
            call.startRead(); // as this one is not passed on
            if (message.n === 3) throw error;
            pass(message);
          },
        }),
    });
  const { address } = await startService(
    {
      collect: clientStreaming(async (requests) => {
        read.push(...(await all(requests)).map(({ n }) => n));
        return answer(0);
      }),
    },
    { interceptors: [failing] },
  );
  const read: number[] = [];
  const stream = connectRaw(address, 65_535).open('Collect').resume();
  stream.end(Buffer.concat(Array.from({ length: 8 }, (_, n) => requestFrame(ask(n)))));
  await once(stream, 'close');
  expect(read).toEqual([0, 1, 2, 4, 5, 6, 7]);
  expect(unhandled).toEqual([error, error]);
});

test('a response that is being unpacked when its call is cancelled is not heard of after the status', async () => {
  const client = await serveRaw((stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...GZIP });
    stream.write(Buffer.concat([frameOf(answer(1)), frameOf(answer(2), { gzip: true })]));
  });
  let passed = 0;
  const counting = (options: InterceptorOptions, next: NextCall) =>
    new InterceptingCall(next(options), {
      start: (metadata, _, start) =>
        start(metadata, {
          onReceiveMessage: (message, pass) => {
            pass(message);
            passed += 1;
          },
        }),
    });
  const list = serverStreamingCall(client.list(ask(1), { ...soon(), interceptors: [counting] }));
  const heard: unknown[] = [];
  list.grpcCall.on('data', ({ n }: { n: number }) => {
    heard.push(n);
    queueMicrotask(() => list.grpcCall.cancel());
  });
  list.grpcCall.on('status', ({ code }) => heard.push(status[code]));
  await until(() => passed === 2);
  expect(heard).toEqual([1, 'CANCELLED']);
});

test('requests that come while the handler works are not lost', async () => {
  const { client } = await startService({
    talk: bidiStreaming(async function* (requests) {
      let sum = 0;
      for await (const { n } of requests) {
        await turn();
        sum += n;
      }
      yield answer(sum);
    }),
    list: serverStreaming(async function* ({ n }) {
      for (let i = 1; i <= n; i++) yield answer(i);
    }),
  });
  const talk = bidiCall(client.talk(soon()));
  for (let n = 1; n <= 1_000; n++) await talk.send(ask(n));
  talk.halfClose();
  expect(await all(talk.responses)).toEqual([answer(500_500)]);
  let last = 0;
  for await (const { n } of serverStreamingCall(client.list(ask(1_000), soon())).responses) {
    if (n % 50 === 0) await turn();
    expect(n).toBe(++last);
  }
  expect(last).toBe(1_000);
});
