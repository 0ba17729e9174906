import { until } from '@grpc-by-example/testing';
import { ResponseGetDataPackageStream } from 'datahub-proto';
import { expect, test } from 'vitest';
import { Hub } from '../src/hub.ts';
import { cancel, ingested, type Subscriber, sent } from './datahub-peer.ts';
import { serve } from './start.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, n) => `${n}`);
const heard = (subscriber: Subscriber, count: number) => until(() => ingested(subscriber).length === count);

test('a package reaches the subscribers of its tag, with its own GUID, and nobody else', async () => {
  const { connect } = await serve();
  const [one, two, other] = await Promise.all([
    connect().subscribed(),
    connect().subscribed(),
    connect().subscribed({ tagName: 'somete' }),
  ]);
  const request = sent();
  await connect().send({ ...request, tagValue: ['', 'A01'] });
  for (const subscriber of [one, two]) {
    await subscriber.received(3);
    const { tagName, trackingGuid } = request;
    expect(subscriber.responses.slice(1)).toEqual([
      { IsSuccess: true, tagName, trackingGuid },
      { IsSuccess: true, tagName, trackingGuid, tagValue: 'A01' },
    ]);
  }
  await connect().send({ ...sent({ tagName: 'somete' }), tagValue: ['A02'] });
  await other.received(2);
  expect(ingested(other)).toEqual(['A02']);
});

test('each package of a stream arrives before the next one is sent, and before the half-close', async () => {
  const peer = (await serve()).connect();
  const subscriber = await peer.subscribed();
  const { call, response } = peer.startIngest();
  for (let n = 1; n <= 20; n++) {
    call.write(sent({ tagValue: `${n}` }));
    await subscriber.received(n + 1);
    expect(ingested(subscriber).at(-1)).toBe(`${n}`);
  }
  call.end();
  expect(await response).toMatchObject({ dataPackageCount: '20' });
});

test('what came before a wrong package has arrived, though it is not counted', async () => {
  const peer = (await serve()).connect();
  const subscriber = await peer.subscribed();
  const stream = [sent({ tagValue: 'before' }), sent({ trackingGuid: 'wrong' }), sent({ tagValue: 'after' })];
  await expect(peer.ingest(stream)).rejects.toMatchObject({ details: expect.stringContaining('trackingGuid') });
  await peer.send({ ...sent(), tagValue: ['next call'] });
  await heard(subscriber, 2);
  expect(ingested(subscriber)).toEqual(['before', 'next call']);
});

test.each(['unary', 'a stream'])(
  'thousands of packages at once, %s: each subscriber gets all, in order',
  async (kind) => {
    const { hub, connect } = await serve();
    const subscribers = await Promise.all([1, 2, 3].map(() => connect().subscribed()));
    const sending =
      kind === 'unary'
        ? connect().send({ ...sent(), tagValue: numbers(2_000) })
        : connect().ingest(numbers(2_000).map((tagValue) => sent({ tagValue })));
    expect(await sending).toMatchObject({ dataPackageCount: '2000' });
    for (const subscriber of subscribers) {
      await heard(subscriber, 2_000);
      expect(ingested(subscriber)).toEqual(numbers(2_000));
    }
    expect(hub.size).toBe(3);
  },
);

test('all subscribers get the packages of all senders in one order', async () => {
  const { connect } = await serve({ capacity: 3 });
  const subscribers = await Promise.all([1, 2, 3].map(() => connect().subscribed()));
  const senders = ['a', 'b', 'c'];
  await Promise.all(
    senders.map((sender) => connect().ingest(numbers(300).map((n) => sent({ tagValue: `${sender} ${n}` })))),
  );
  await Promise.all(subscribers.map((subscriber) => heard(subscriber, 900)));
  const [first = [], ...others] = subscribers.map(ingested);
  for (const other of others) expect(other).toEqual(first);
  for (const sender of senders) {
    expect(first.filter((value) => value.startsWith(sender))).toEqual(numbers(300).map((n) => `${sender} ${n}`));
  }
});

test('packages come beside the ticks', async () => {
  const peer = (await serve({ tickMs: 5 })).connect();
  const subscriber = await peer.subscribed();
  await peer.send({ ...sent(), tagValue: ['A01'] });
  const already = subscriber.responses.length;
  await subscriber.received(already + 3);
  expect(ingested(subscriber)).toEqual(['A01']);
  await cancel(subscriber);
});

test('a subscriber that leaves twice takes nobody with it', async () => {
  const hub = new Hub();
  const first = hub.subscribe('tag');
  first.leave();
  hub.subscribe('tag');
  first.leave();
  expect(hub.size).toBe(1);
});

test('very many packages leave turns to everything else, also without a subscriber', async () => {
  const hub = new Hub();
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  for (const value of numbers(20_000)) await hub.publish(new ResponseGetDataPackageStream().setTagvalue(value));
  clearInterval(timer);
  expect(turns).toBeGreaterThan(1);
});
