import { until } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { ingested } from './datahub-peer.ts';
import { ingestUntilHeldBack, large } from './large-packages.ts';
import { NEVER_MS, serve } from './start.ts';
import { checkNothingIsLeft, comeAndGo, keepUp, startSubscribers } from './subscribers.ts';

test('subscribers come and go, by cancel, kill and deadline, and leave nothing behind', async () => {
  const service = await serve({ tickMs: 100 });
  await comeAndGo(service, 10);
  await checkNothingIsLeft(service);
});

test('subscribers that are killed while the ingest waits for them are not waited for', async () => {
  const service = await serve({ capacity: 10, patienceMs: NEVER_MS });
  const stalled = await startSubscribers(service, 3, 'stalled');
  const { taken, response } = await ingestUntilHeldBack(service, 300);
  expect(taken).toBeLessThan(300);
  stalled.signal('SIGKILL');
  expect(await response).toMatchObject({ dataPackageCount: '300' });
  await until(() => service.hub.size === 0);
});

test('a subscriber that is frozen is given up, the others go on; thawed, it is told', async () => {
  const service = await serve({ capacity: 10, patienceMs: 2_000 });
  const frozen = await startSubscribers(service, 1);
  const subscriber = await service.connect().subscribed();
  frozen.signal('SIGSTOP');
  await service.connect().ingest(large(500));
  expect(service.hub.size).toBe(1);
  await until(() => ingested(subscriber).length === 500);
  // Its call is still there, with what was kept for it; it ends when the process reads on.
  expect(service.server.openCalls.size).toBe(2);
  frozen.signal('SIGCONT');
  await until(() => service.server.openCalls.size === 1);
});

test('many subscribers that keep up are not given up because they are many', async () => {
  await keepUp(await serve({ patienceMs: 10_000 }), 40, 200);
});
