import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { credentials, status } from '@grpc/grpc-js';
import { openSocketsAndTimers, until } from '@grpc-by-example/testing';
import { ClientProgram, ServerProgram } from '@grpc-by-example/testing/program-tests';
import { startServer } from 'grpc-program/server';
import { bidiCall, STREAMING } from 'grpc-streams';
import { MessageServiceClient, MessageServiceService } from 'message-proto';
import { expect, test } from 'vitest';
import { messageService } from '../server/src/message-service.ts';

test('leaving the loop over the responses cancels the call, and the ticker of the server stops', async () => {
  const server = await startServer([[MessageServiceService, messageService({ log: () => {}, intervalMs: 3_600_000 })]]);
  const client = new MessageServiceClient(`localhost:${server.port}`, credentials.createInsecure(), STREAMING);

  // #region cancel
  const call = bidiCall(client.streamMessages());
  for await (const response of call.responses) {
    if (response.getMessage() !== '') break;
  }
  // #endregion

  expect(await call.status).toMatchObject({ code: status.CANCELLED });
  await until(() => server.openCalls.size === 0);
  client.close();
  await until(() => openSocketsAndTimers().length === 0);
  await server.stop();
});

test('a client stops ticking while its server is frozen', async () => {
  const folder = join(import.meta.dirname, '..');
  const { server, port } = await new ServerProgram('message-server', join(folder, 'server')).startOnFreePort();
  const printed = () => server.stdout.split('Received request: ').length - 1;

  const name = 'x'.repeat(64 * 1024);
  const program = new ClientProgram('message-client', join(folder, 'client'));
  const client = program.start(`localhost:${port}`, '--name', name, '--interval', '0.005');
  await client.prints(/Received message: /);
  await until(() => printed() >= 10);
  server.signal('SIGSTOP');
  const before = printed();
  await delay(2_000); // four hundred ticks, or fewer on a busy machine
  client.signal('SIGINT');
  server.signal('SIGCONT');
  expect(await client.ended).toBe(0);
  server.signal('SIGINT');
  expect(await server.ended).toBe(0);
  // All at once they are more than the server keeps to print.
  const dropped = [...server.stdout.matchAll(/\((\d+) lines were dropped/g)].map(([, lines]) => Number(lines));
  const requests = dropped.reduce((sum, lines) => sum + lines, printed());
  expect(requests - before).toBeLessThan(100);
});
