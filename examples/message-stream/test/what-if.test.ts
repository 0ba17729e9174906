import { join } from 'node:path';
import { credentials, status } from '@grpc/grpc-js';
import { startServer } from 'grpc-program/server';
import { bidiCall, STREAMING } from 'grpc-streams';
import { MessageServiceClient, MessageServiceService } from 'message-proto';
import { openSocketsAndTimers, Program, until } from 'testing';
import { expect, test } from 'vitest';
import { messageService } from '../server/src/message-service.ts';

test('leaving the loop over the replies cancels the call, and the ticker of the server stops', async () => {
  const server = await startServer([[MessageServiceService, messageService({ log: () => {}, intervalMs: 3_600_000 })]]);
  const client = new MessageServiceClient(`localhost:${server.port}`, credentials.createInsecure(), STREAMING);

  // #region cancel
  const call = bidiCall(client.streamMessages());
  for await (const reply of call.replies) {
    if (reply.getMessage() !== '') break;
  }
  // #endregion

  expect(await call.status).toMatchObject({ code: status.CANCELLED });
  await until(() => server.openCalls.size === 0);
  client.close();
  await until(() => openSocketsAndTimers().length === 0).catch(() => {});
  expect(openSocketsAndTimers()).toEqual([]);
  await server.stop();
});

test('a client stops ticking while its server is frozen', async () => {
  const folder = join(import.meta.dirname, '..');
  const main = ['node', '--import', 'tsx', 'src/main.ts'];
  await using server = new Program([...main, '--port', '0'], { cwd: join(folder, 'server') });
  const [, address = ''] = await server.prints(/ listens on (\S+)\./);
  const name = 'x'.repeat(64 * 1024);
  const requests = () => server.stdout.split('Received request: ').length - 1;

  await using client = new Program([...main, '--address', address, '--name', name, '--interval', '0.005'], {
    cwd: join(folder, 'client'),
  });
  await until(() => requests() >= 10, 20_000);
  server.signal('SIGSTOP');
  const before = requests();
  const messages = () => client.stdout.split('Received message: ').length - 1;
  expect(messages()).toBeGreaterThan(0);
  // Long enough for four hundred ticks.
  const end = performance.now() + 2_000;
  await until(() => performance.now() > end);
  client.signal('SIGINT');
  server.signal('SIGCONT');
  expect(await client.ended).toBe(0);
  await until(() => server.stdout.endsWith('x\n'));
  expect(requests() - before).toBeLessThan(100);
}, 30_000);
