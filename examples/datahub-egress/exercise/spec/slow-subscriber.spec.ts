import { status } from '@grpc/grpc-js';
import { expect } from 'vitest';
import { connectTo, type DataPackage, strangerTo } from './peers.ts';
import { check, folder, task } from './task.ts';
import { within } from './turns.ts';

const { Feed, feedService, MOST_WAITING }: typeof import('../end/server/feed.ts') = await import(
  `../${folder}/server/feed.ts`
);
const { storeValues }: typeof import('../end/client/store-values.ts') = await import(
  `../${folder}/client/store-values.ts`
);

const SOON_MS = 1_500;
/** More than what waits on the way to a subscriber. */
const VALUES = 100;
const VALUE = 'x'.repeat(64 * 1024);

task(7, async () => {
  const feed = new Feed();
  const subscribe = await strangerTo(feedService(feed));
  const [slow, fast] = [subscribe(), subscribe()];
  let received = 0;
  fast.on('data', () => {
    received += 1;
  });
  const toSlow: DataPackage[] = [];
  slow.once('data', (first: DataPackage) => {
    slow.pause();
    toSlow.push(first);
  });
  await within(SOON_MS, () => feed.waiting.length === 2);

  let most = 0;
  for (let n = 1; n <= VALUES; n++) {
    feed.publish(VALUE);
    check(
      await within(SOON_MS, () => received === n),
      'a subscriber that reads gets every value, whoever else does not',
    );
    most = Math.max(most, ...feed.waiting);
  }
  check(most <= MOST_WAITING, `at most ${MOST_WAITING} packages wait for a subscriber that does not read; ${most} did`);

  slow.on('data', (dataPackage: DataPackage) => toSlow.push(dataPackage)).resume();
  const isTold = () => toSlow.at(-1)?.LastError !== undefined;
  check(await within(SOON_MS, isTold), 'a subscriber that was given up gets what waited, then the reason');
});

task(8, async () => {
  const client = await connectTo((call) => {
    for (const tagValue of ['1', '2', '3']) call.write({ IsSuccess: true, tagValue });
    call.write({ LastError: 'you read too slowly' });
    call.end();
  });
  const stored: string[] = [];
  let atOnce = 0;
  let most = 0;
  const storing = storeValues(client, async (value) => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    await within(25, () => false);
    stored.push(value);
    atOnce -= 1;
  });
  const error = await storing.catch((error: unknown) => error);
  check(most === 1, `a value is stored before the next one is read; ${most} were stored at once`);
  expect(error, 'a last message that is no success is a failure').toMatchObject({
    code: status.ABORTED,
    details: 'you read too slowly',
  });
  expect(stored, 'the values are stored in order, and nothing else').toEqual(['1', '2', '3']);
});
