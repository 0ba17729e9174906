import { readFileSync } from 'node:fs';
import { type CallOptions, type Client, credentials, Metadata, status } from '@grpc/grpc-js';
import { Conversation, peerOf, soon, stopLater, until } from '@grpc-by-example/testing';
import { protoPath } from 'grpc-health-check';
import { bidiStreaming, statusError, unary } from 'grpc-streams';
import { expect, test } from 'vitest';
import { type RunningServer, requireToken } from '../src/server/index.ts';
import type { Words } from './echo-service.ts';
import { connect, serve } from './start.ts';

type Ask = { service: string };
type Health = { status: string };
type WatchCall = ConstructorParameters<typeof Conversation<Ask, Health>>[0];

interface HealthClient extends Client {
  check(ask: Ask, options: CallOptions, callback: (error: Error | null, health?: Health) => void): void;
  watch(ask: Ask, options: CallOptions): WatchCall;
}

const HealthClient = peerOf(readFileSync(protoPath, 'utf8'), 'grpc.health.v1.Health');
const say = unary<Words, Words>((words) => words);

/** What a load balancer does. */
function balancer(server: RunningServer) {
  const client = new HealthClient(`127.0.0.1:${server.port}`, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
  }) as unknown as HealthClient;
  stopLater(() => client.close());
  return {
    check: (service: string) =>
      new Promise((resolve, reject) => {
        client.check({ service }, soon(), (error, health) => (error ? reject(error) : resolve(health?.status)));
      }),
    watch: (service: string) => new Conversation<Ask, Health>(client.watch({ service }, soon())),
  };
}

test.concurrent('the server and each service are SERVING; other names are not known', async () => {
  const { check } = balancer(await serve({ say }));
  expect(await check('')).toBe('SERVING');
  expect(await check('test.Echo')).toBe('SERVING');
  for (const name of ['test.Other', 'toString', '__proto__', 'x'.repeat(3_900_000)]) {
    await expect(check(name)).rejects.toMatchObject({ code: status.NOT_FOUND });
  }
});

test.concurrent('who watches a name that is not known is told so, and the stop ends the watch', async () => {
  const server = await serve({ say }, { graceMs: 3_600_000 });
  const watch = balancer(server).watch('test.Other');
  await watch.received(1);
  await server.stop();
  expect(await watch.status).toMatchObject({ code: status.UNAVAILABLE });
  expect(watch.responses).toEqual([{ status: 'SERVICE_UNKNOWN' }]);
});

test.concurrent('those who watch see NOT_SERVING when a stop begins, before open calls end', async () => {
  const events: string[] = [];
  const talk = bidiStreaming<Words, Words>(async function* () {
    yield { text: 'I take my time' };
    await new Promise(() => {});
  });
  const server = await serve({ talk }, { graceMs: 1_000, lastStatusMs: 3_600_000 });
  const open = connect(server).talk();
  await open.received(1);
  void open.status.then(() => events.push('the call ended'));
  const watches = ['', 'test.Echo'].map((service) => balancer(server).watch(service));
  for (const watch of watches) {
    watch.call.on('data', ({ status }: Health) => events.push(status));
    await watch.received(1);
  }
  const stopped = server.stop();
  await Promise.all(watches.map((watch) => watch.received(2)));
  expect(watches.map(({ responses }) => responses)).toEqual(
    Array(2).fill([{ status: 'SERVING' }, { status: 'NOT_SERVING' }]),
  );
  await stopped;
  await open.status;
  await until(() => events.includes('the call ended'));
  expect(events.slice(-3)).toEqual(['NOT_SERVING', 'NOT_SERVING', 'the call ended']);
});

test.concurrent('a watch does not hold up the stop; it ends with UNAVAILABLE', async () => {
  const server = await serve({ say }, { graceMs: 3_600_000 });
  const watch = balancer(server).watch('');
  await watch.received(1);
  await server.stop();
  expect(await watch.status).toMatchObject({ code: status.UNAVAILABLE, details: 'server is shutting down' });
  expect(watch.responses.at(-1)).toEqual({ status: 'NOT_SERVING' });
  expect(server.openCalls.size).toBe(0);
});

test.concurrent('health stays open where a token is wanted', async () => {
  const never = () => Promise.reject(statusError(status.UNAUTHENTICATED, 'no token is good'));
  const server = await serve({ say }, { interceptors: [requireToken(never)] });
  expect(await balancer(server).check('')).toBe('SERVING');
  const token = new Metadata();
  token.set('authorization', 'Bearer token');
  await expect(connect(server).say('hello', token)).rejects.toMatchObject({ code: status.UNAUTHENTICATED });
});
