import { once } from 'node:events';
import { createServer } from 'node:http';
import { constants } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type ServiceError, status } from '@grpc/grpc-js';
import { stopLater } from '@grpc-by-example/testing';
import { describe, expect, test } from 'vitest';
import { bidiCall, clientStreamingCall, serverStreamingCall, unaryCall } from '../src/index.ts';
import { frameOf, type RawAnswer, send, serveRaw } from './raw-server.ts';
import { type Answer, type Ask, answer, ask, connect, soon, type TestClient } from './test-service.ts';

// The peers are servers by Node's HTTP/2 that do what no gRPC library would.

const OK = { 'grpc-status': '0' };
const one = frameOf(answer(1));
const cut = frameOf(answer(2)).subarray(0, 8);

interface Seen {
  readonly messages: number;
  readonly code: status | undefined;
  readonly details: string;
}

/** Runs a call, counts its responses, and tells how it ended. */
async function seenBy(call: { responses: AsyncIterable<Answer> } | Promise<Answer>): Promise<Seen> {
  let messages = 0;
  try {
    if (call instanceof Promise) {
      await call;
      messages = 1;
    } else for await (const _ of call.responses) messages += 1;
    return { messages, code: status.OK, details: '' };
  } catch (error) {
    const { code, details } = error as ServiceError;
    return { messages, code, details };
  }
}

const calls: Record<string, (client: TestClient, options?: { deadline: number }) => Promise<Seen>> = {
  unary: (client, options = soon()) => seenBy(unaryCall<Answer>((done) => client.say(ask(1), options, done))),
  'client-streaming': async (client, options = soon()) => {
    const call = clientStreamingCall<Ask, Answer>((done) => client.collect(options, done));
    await call.sendAll([ask(1)]);
    return seenBy(call.response);
  },
  'server-streaming': (client, options = soon()) => seenBy(serverStreamingCall(client.list(ask(1), options))),
  bidirectional: async (client, options = soon()) => {
    const call = bidiCall(client.talk(options));
    await call.sendAll([ask(1)]);
    return seenBy(call);
  },
};
const isStream = (kind: string) => kind === 'server-streaming' || kind === 'bidirectional';

describe.each(Object.entries(calls))('a %s call', (kind, call) => {
  const to = async (raw: RawAnswer) => call(await serveRaw((stream) => send(stream, raw)));

  test('fails when the last message is cut off in the middle, whatever the status says', async () => {
    const seen = await to({ body: [one, cut], trailers: OK });
    expect(seen).toEqual({
      messages: isStream(kind) ? 1 : 0,
      code: status.INTERNAL,
      details: 'the last response is cut off',
    });
    const inHead = await to({ body: [one, cut.subarray(0, 3)], trailers: OK });
    expect(inHead.code).toBe(status.INTERNAL);
    const failed = await to({ body: [one, cut], trailers: { 'grpc-status': '5', 'grpc-message': 'none' } });
    expect(failed).toMatchObject({ code: status.NOT_FOUND, details: 'none' });
  });

  test('fails by name when a response is compressed in a way that it does not know', async () => {
    const body = [frameOf(answer(1), { flag: true })];
    expect(await to({ headers: { 'grpc-encoding': 'zebra' }, body, trailers: OK })).toEqual({
      messages: 0,
      code: status.INTERNAL,
      details: 'a response is compressed by zebra, which this client cannot read',
    });
    expect(await to({ body, trailers: OK })).toEqual({
      messages: 0,
      code: status.INTERNAL,
      details: 'a response is marked as compressed, but grpc-encoding names no compression',
    });
  });

  test('that ends with a status that gRPC does not have is UNKNOWN', async () => {
    for (const [sent, shown] of [
      ['99', '99'],
      ['odd', 'NaN'],
      ['-1', '-1'],
    ] as const) {
      const trailers = { 'grpc-status': sent, 'grpc-message': 'odd' };
      const unknown = {
        messages: 0,
        code: status.UNKNOWN,
        details: `the server sent the status ${shown}, which gRPC does not have: odd`,
      };
      expect(await to({ trailers })).toEqual(unknown);
      expect(await to({ headers: trailers })).toEqual(unknown);
    }
  });

  test('to a web server says that it is not a gRPC server', async () => {
    const page = [Buffer.from('<html><body>It works!</body></html>')];
    const headers = { 'content-type': 'text/html' };
    expect(await to({ headers, body: page })).toEqual({
      messages: 0,
      code: status.UNKNOWN,
      details: 'what answers is not a gRPC server: HTTP status 200, text/html',
    });
    expect(await to({ headers: { ...headers, ':status': 404 }, body: page })).toEqual({
      messages: 0,
      code: status.UNIMPLEMENTED,
      details: 'what answers is not a gRPC server: HTTP status 404, text/html',
    });
    expect(await to({ headers: { ':status': 503 } })).toMatchObject({ code: status.UNAVAILABLE });
  });

  test('is DEADLINE_EXCEEDED when the server cancels it at its deadline', async () => {
    const client = await serveRaw((stream) => void delay(5).then(() => stream.close(constants.NGHTTP2_CANCEL)));
    // Within the tolerance of the deadline at once, however busy the machine is.
    const seen = await call(client, { deadline: Date.now() + 40 });
    expect(seen.code).toBe(status.DEADLINE_EXCEEDED);
    expect(await call(client)).toMatchObject({ code: status.CANCELLED, details: 'Call cancelled' });
  });
});

test.each(Object.entries(calls))('a %s call to a server that gets too many pings says so', async (_, call) => {
  const client = await serveRaw((stream) => {
    stream.session?.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM, stream.id, Buffer.from('too_many_pings'));
    setImmediate(() => stream.session?.destroy());
  });
  expect(await call(client)).toMatchObject({
    code: status.UNAVAILABLE,
    details: expect.stringMatching(/^the server closed the connection: it allows fewer keepalive pings; let more time/),
  });
});

test('another reason of a server that closes the connection is told as it is', async () => {
  const client = await serveRaw((stream) => {
    stream.session?.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM, stream.id, Buffer.from('too_many_data_frames'));
    setImmediate(() => stream.session?.destroy());
  });
  expect(await calls.bidirectional?.(client)).toMatchObject({
    details: 'the server closed the connection, and said: too_many_data_frames',
  });
});

describe.each([
  ['unary', calls.unary],
  ['client-streaming', calls['client-streaming']],
])('a %s call', (_, call) => {
  test.each([
    ['a second response and OK', { body: [one, one], trailers: OK }],
    [
      'a second response that is compressed',
      { body: [one, frameOf(answer(2), { gzip: true })], headers: { 'grpc-encoding': 'gzip' }, trailers: OK },
    ],
  ])('that gets %s fails at once', async (_, raw: RawAnswer) => {
    const client = await serveRaw((stream) => send(stream, raw));
    expect(await call?.(client)).toMatchObject({ messages: 0, code: status.UNIMPLEMENTED });
  });

  test('that gets a second response, and nothing more, fails at once', async () => {
    const client = await serveRaw((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
      stream.write(Buffer.concat([one, one]));
    });
    expect(await call?.(client)).toMatchObject({ messages: 0, code: status.UNIMPLEMENTED });
  });
});

test('a web server of HTTP/1.1 is no server to connect to', async () => {
  const server = createServer((_, response) => response.end('It works!')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  stopLater(() => server.close());
  const client = connect(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  stopLater(() => client.close());
  expect(await calls.unary?.(client)).toMatchObject({ code: status.UNAVAILABLE });
});
