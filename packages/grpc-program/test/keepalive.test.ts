import { status } from '@grpc/grpc-js';
import { bidiStreaming } from 'grpc-streams';
import { until } from 'testing';
import { expect, test } from 'vitest';
import type { Words } from './echo-service.ts';
import { logLines, startEchoServer, startProgram } from './programs.ts';
import { connect, serve } from './start.ts';

const SLOW = { timeout: 20_000 };

test('a client that is frozen is noticed by the server, and its call ends', SLOW, async () => {
  const { program, address } = await startEchoServer(['--keepalive-seconds', '1']);
  const client = startProgram('echo-client', ['--address', address, 'hello']);
  await client.prints(/hello\n/);
  client.signal('SIGSTOP');
  await until(() => logLines(program).length === 1, 10_000);
  expect(logLines(program)).toMatchObject([{ method: '/test.Echo/Talk', status: 'CANCELLED', received: 1, sent: 1 }]);
  client.signal('SIGCONT');
  expect(await client.ended).toBe(1);
  expect(client.stderr).toMatch(/^Error: (UNAVAILABLE|CANCELLED|INTERNAL): .+\n$/);
});

test('a server that is frozen is noticed by a client with keepalive', SLOW, async () => {
  const { program, address } = await startEchoServer();
  const { talk } = connect(address, undefined, { 'grpc.keepalive_time_ms': 300, 'grpc.keepalive_timeout_ms': 300 });
  const conversation = talk(undefined, { deadline: Date.now() + 10_000 });
  conversation.send({ text: 'hello' });
  await conversation.received(1);
  program.signal('SIGSTOP');
  expect(await conversation.status).toMatchObject({ code: status.UNAVAILABLE });
  program.signal('SIGCONT');
});

test.for(['stops', 'finds the connection too old'])('a server that %s pings nobody to death', async (what) => {
  const stubborn = bidiStreaming<Words, Words>(async function* () {
    yield { text: 'I take my time' };
    await new Promise(() => {});
  });
  const isOld = what !== 'stops';
  // Two pings are due within the grace period.
  const options = { keepaliveSeconds: 1, graceMs: 2_500, maxConnectionAgeSeconds: isOld ? 1 : 0 };
  const server = await serve({ talk: stubborn }, options);
  const startedAt = performance.now();
  const conversation = connect(server).talk(undefined, { deadline: Date.now() + 10_000 });
  await conversation.received(1);
  if (!isOld) void server.stop();
  const { code, details } = await conversation.status;
  expect({ code, details }).toEqual({
    code: status.UNAVAILABLE,
    details: isOld ? 'Connection dropped' : 'server is shutting down',
  });
  expect(performance.now() - startedAt).toBeGreaterThan(isOld ? 3_300 : 2_400);
});
