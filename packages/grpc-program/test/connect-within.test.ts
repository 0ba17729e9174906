import { setTimeout as delay } from 'node:timers/promises';
import { type Client, type ServiceError, status } from '@grpc/grpc-js';
import { listenInSilence, soon } from '@grpc-by-example/testing';
import { unary } from 'grpc-streams';
import { expect, test } from 'vitest';
import { connect } from '../src/client/index.ts';
import { EchoClient, type Words } from './echo-service.ts';
import { serve, talker } from './start.ts';

/** The client of `connect`, which is closed after the tests. */
const client = (address: string, connectWithinMs: number) =>
  talker(connect(EchoClient, { address, connectWithinMs }, { 'grpc.use_local_subchannel_pool': 1 }));

const asIs = (bytes: Buffer) => bytes;
const ARGUMENTS = ['/test.Echo/Talk', asIs, asIs] as const;
type Callback = (error: ServiceError | null) => void;

const KINDS: Record<string, (client: Client, callback: Callback) => void> = {
  unary: (client, callback) => client.makeUnaryRequest(...ARGUMENTS, Buffer.of(), soon(), callback),
  'client-streaming': (client, callback) =>
    void client.makeClientStreamRequest(...ARGUMENTS, soon(), callback).write(Buffer.of()),
  'server-streaming': (client, callback) =>
    client
      .makeServerStreamRequest(...ARGUMENTS, Buffer.of(), soon())
      .on('error', callback)
      .resume(),
  bidirectional: (client, callback) =>
    void client
      .makeBidiStreamRequest(...ARGUMENTS, soon())
      .on('error', callback)
      .resume()
      .write(Buffer.of()),
};

test.concurrent.each(Object.entries(KINDS))(
  'a call to a server that accepts and says nothing ends with UNAVAILABLE: %s',
  async (_, call) => {
    const { address } = await listenInSilence();
    const error = await new Promise((resolve) => call(client(address, 100).client, resolve));
    expect(error).toMatchObject({
      code: status.UNAVAILABLE,
      details: `no connection to ${address} within 0.1 s`,
    });
  },
);

test.concurrent('a call that begins while the client is still connecting has its own time', async () => {
  const { address } = await listenInSilence();
  const { say } = client(address, 200);
  const first = say('first').catch((error: unknown) => error);
  await delay(100);
  const startedAt = performance.now();
  await expect(say('second')).rejects.toMatchObject({ code: status.UNAVAILABLE });
  expect(performance.now() - startedAt).toBeGreaterThan(190);
  expect(await first).toMatchObject({ code: status.UNAVAILABLE });
});

test.concurrent('a connection that comes late but in time is good, however late the answer', async () => {
  // On a busy machine it may not be in time, and the time is longer then.
  for (let withinMs = 200; ; withinMs *= 2) {
    const say = unary<Words, Words>(async (words) => {
      await delay(withinMs * 1.5);
      return words;
    });
    const server = await serve({ say });
    const { address, passOn } = await listenInSilence();
    const startedAt = performance.now();
    const answer = client(address, withinMs)
      .say('late')
      .catch((error: unknown) => error);
    await delay(withinMs / 4);
    passOn(server.port);
    const result = await answer;
    if (result instanceof Error) {
      expect(result).toMatchObject({ code: status.UNAVAILABLE, details: expect.stringContaining('no connection') });
      continue;
    }
    expect(result).toEqual({ text: 'late' });
    expect(performance.now() - startedAt).toBeGreaterThan(withinMs);
    return;
  }
});

test.concurrent('a call on a ready connection is not ended, although the server answers slowly', async () => {
  const say = unary<Words, Words>(async (words) => {
    if (words.text === 'slow') await delay(300);
    return words;
  });
  const server = await serve({ say });
  const { say: call } = await connected();
  expect(await call('slow')).toEqual({ text: 'slow' });

  async function connected() {
    for (let withinMs = 100; ; withinMs += 10) {
      const caller = client(`127.0.0.1:${server.port}`, withinMs);
      const isThere = await caller.say('quick').then(
        () => true,
        () => false,
      );
      if (isThere) return caller;
    }
  }
});
