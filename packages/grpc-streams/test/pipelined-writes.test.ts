import { constants, createServer } from 'node:http2';
import { setTimeout as delay } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { stopLater } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import {
  bidiCall,
  bidiStreaming,
  clientStreaming,
  clientStreamingCall,
  STREAMING,
  serverStreaming,
  serverStreamingCall,
} from '../src/index.ts';
import { countFrames } from './counting-proxy.ts';
import { type Answer, type Ask, answer, ask, connect, soon, startService } from './test-service.ts';
import { all } from './wait.ts';

const MANY = 20_000;
/** So many messages fit into a frame of 16 KiB, several times over. */
const FEW_FRAMES = MANY / 10;

function* numbers(count = MANY) {
  for (let n = 1; n <= count; n++) yield ask(n);
}

test.each([
  ['by themselves', undefined],
  ['with the options of STREAMING', STREAMING],
])('many small requests go out in few frames, in order, the half-close after them: %s', async (_, channel) => {
  const read: number[] = [];
  const { address } = await startService({
    collect: clientStreaming(async (requests) => {
      for await (const { n } of requests) read.push(n);
      return answer(read.length);
    }),
  });
  const proxy = await countFrames(address);
  const client = connect(proxy.address, channel);
  stopLater(() => client.close());
  const call = clientStreamingCall<Ask, Answer>((done) => client.collect(soon(), done));
  await call.sendAll(numbers());
  expect(await call.response).toEqual(answer(MANY));
  expect(read).toEqual(Array.from({ length: MANY }, (_, i) => i + 1));
  expect(proxy.frames.up).toBeLessThan(FEW_FRAMES);
});

test('many small responses come in few frames', async () => {
  const { address } = await startService({
    list: serverStreaming(async function* () {
      for (let n = 1; n <= MANY; n++) yield answer(n);
    }),
  });
  const proxy = await countFrames(address);
  const client = connect(proxy.address, STREAMING);
  stopLater(() => client.close());
  const responses = await all(serverStreamingCall(client.list(ask(MANY), soon())).responses);
  expect(responses).toHaveLength(MANY);
  expect(proxy.frames.down).toBeLessThan(FEW_FRAMES);
});

test('what goes out again, since a server refused it unseen, goes out in few frames too', async () => {
  // As much as grpc-js keeps for that.
  const count = 1_000;
  let attempts = 0;
  let bytes = 0;
  const server = createServer();
  server.on('stream', (stream) => {
    stream.on('error', () => {});
    if (++attempts === 1) return stream.close(constants.NGHTTP2_REFUSED_STREAM);
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status.OK }));
    stream.on('data', (data: Buffer) => {
      bytes += data.length;
    });
    stream.on('end', () => stream.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stopLater(() => server.close());
  const proxy = await countFrames(`127.0.0.1:${(server.address() as { port: number }).port}`);
  const client = connect(proxy.address, STREAMING);
  stopLater(() => client.close());
  const call = bidiCall(client.talk(soon()));
  await call.sendAll(numbers(count));
  expect(await call.status).toMatchObject({ code: status.OK });
  expect(attempts).toBe(2);
  const sizes = Array.from(numbers(count), (message) => 5 + JSON.stringify(message).length);
  expect(bytes).toBe(sizes.reduce((sum, size) => sum + size));
  expect(proxy.frames.up).toBeLessThan(count / 10);
});

test('a server that ends the call while the client still sends: a slow reader gets all, and the status', async () => {
  const { client } = await startService({
    talk: bidiStreaming(async function* () {
      for (let n = 1; n <= 200; n++) yield answer(n, 'x'.repeat(1_000));
    }),
  });
  const call = bidiCall<Ask, Answer>(client.talk(soon()));
  const sending = (async () => {
    for (let n = 1; await call.send(ask(n)); n++) await delay(1);
  })();
  const read: number[] = [];
  for await (const { n } of call.responses) {
    read.push(n);
    await delay(1);
  }
  expect(await call.status).toMatchObject({ code: status.OK });
  await sending;
  expect(read).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
});
