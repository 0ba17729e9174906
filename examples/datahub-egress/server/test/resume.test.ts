import { status } from '@grpc/grpc-js';
import { until } from '@grpc-by-example/testing';
import { ResponseGetDataPackageStream } from 'datahub-proto';
import { expect, test } from 'vitest';
import { Hub } from '../src/hub.ts';
import { cancel, ingested, positionOf, sent, values } from './datahub-peer.ts';
import { firstNumbers, large } from './large-packages.ts';
import { serve } from './start.ts';

const numbers = (from: number, to: number) => firstNumbers(to).slice(from).map(String);

test('who brings the last position that it has read gets what came since, in order, and what comes', async () => {
  const { connect } = await serve();
  const [peer, sender] = [connect(true), connect()];
  const first = await peer.subscribed();
  const afterTick = positionOf(first);
  await sender.send({ ...sent(), tagValue: numbers(0, 10) });
  await until(() => ingested(first).length === 10);
  expect(new Set(first.responses.map(({ position }) => position)).size).toBe(11);
  const inTheMiddle = first.responses[4]?.position;
  await cancel(first);
  // More than one queue holds.
  await sender.send({ ...sent(), tagValue: numbers(10, 500) });

  for (const [after, from] of [
    [positionOf(first), 10],
    [inTheMiddle, 4],
    [afterTick, 0],
  ] as const) {
    const back = await peer.subscribed({ after });
    expect(back.responses[0]).toMatchObject({ position: after, tagValue: expect.stringMatching(/^\d{18}$/) });
    await sender.send({ ...sent(), tagValue: ['now'] });
    await until(() => ingested(back).at(-1) === 'now');
    expect(ingested(back).filter((value) => value !== 'now')).toEqual(numbers(from, 500));
    await cancel(back);
  }
});

test('a tick has the position up to which all packages were read', async () => {
  const { connect } = await serve({ tickMs: 5 });
  const [peer, sender] = [connect(true), connect()];
  const subscriber = await peer.subscribed();
  await sender.send({ ...sent(), tagValue: ['A01'] });
  await until(() => ingested(subscriber).length === 1 && values(subscriber).at(-1) !== 'A01');
  // Those of other tags too: a subscriber of a quiet tag does not fall behind the log.
  const before = positionOf(subscriber);
  await sender.send({ ...sent({ tagName: 'Other' }), tagValue: ['B01'] });
  await until(() => positionOf(subscriber) !== before);
  await cancel(subscriber);
  const back = await peer.subscribed({ after: positionOf(subscriber) });
  await sender.send({ ...sent(), tagValue: ['A02'] });
  await until(() => ingested(back).length === 1);
  expect(ingested(back)).toEqual(['A02']);
  await cancel(back);
});

test('a position is a point in time for all tags; tags that look alike stay apart', async () => {
  const { connect } = await serve();
  const [peer, sender] = [connect(true), connect()];
  const tags = ['caf\u00e9', 'cafe\u0301', 'CAF\u00c9', 'caf\u00e9 '];
  const before = await peer.subscribed({ tagName: 'Other' });
  for (const tagName of tags) await sender.send({ ...sent({ tagName }), tagValue: [`for ${tagName}`] });
  for (const tagName of tags) {
    const subscriber = await peer.subscribed({ tagName, after: positionOf(before) });
    await until(() => ingested(subscriber).length === 1);
    await sender.send({ ...sent({ tagName }), tagValue: ['end'] });
    await until(() => ingested(subscriber).at(-1) === 'end');
    expect(ingested(subscriber)).toEqual([`for ${tagName}`, 'end']);
    await cancel(subscriber);
  }
  await cancel(before);
});

test('a position that is not of this hub is OUT_OF_RANGE, in words that do not repeat it', async () => {
  const [{ hub, connect }, other] = [await serve(), await serve()];
  const [peer, strange] = [connect(true), other.connect(true)];
  const [subscriber, stranger] = [await peer.subscribed(), await strange.subscribed()];
  const [, name] = /^(.+)\.\d+$/.exec(positionOf(subscriber)) ?? [];
  const foreign = [
    ...[positionOf(stranger), `${name}.1`, `${name}.9007199254740993`, `${name}.-1`, `${name}.0.0`, `${name}.00`],
    ...[`${name}.`, ` ${name}.0`, `${name}.0\n`, `${name}.NaN`, '0', '.', '\0', '\u001b[31m', 'x'.repeat(10_000)],
  ];
  for (const after of foreign) {
    const refused = peer.subscribe({ after });
    expect(await refused.status, after).toMatchObject({
      code: status.OUT_OF_RANGE,
      details: 'the position is not of this log, which may have begun anew; subscribe without it',
    });
    expect(refused.responses).toEqual([]);
  }
  expect(hub.size).toBe(1);
  await cancel(subscriber);
  await cancel(stranger);
});

test('a position behind which packages are gone is OUT_OF_RANGE too', async () => {
  const { connect } = await serve({ logBytes: 100_000 });
  const [peer, sender] = [connect(true), connect()];
  const subscriber = await peer.subscribed();
  const old = positionOf(subscriber);
  await sender.ingest(large(10));
  await until(() => ingested(subscriber).length === 10);
  await cancel(subscriber);
  expect(await peer.subscribe({ after: old }).status).toMatchObject({
    code: status.OUT_OF_RANGE,
    details: 'the position is too old: what came next is no longer kept; subscribe without it',
  });
  const kept = subscriber.responses.at(-3)?.position;
  const back = await peer.subscribed({ after: kept });
  await until(() => ingested(back).length === 2);
  await cancel(back);
});

test('nobody waits for one that reads what it has missed; when the log no longer has it, it is told', async () => {
  const { hub, connect } = await serve({ capacity: 10, patienceMs: 60_000, logBytes: 4_000_000 });
  const [peer, sender] = [connect(true), connect()];
  const before = await peer.subscribed();
  await cancel(before);
  await sender.ingest(large(200));
  const slow = await peer.subscribed({ after: positionOf(before) });
  slow.call.pause();
  await sender.ingest(large(400));
  slow.call.resume();
  expect(await slow.status).toMatchObject({ code: status.OK });
  expect(slow.responses.at(-1)?.LastError).toBe('you read too slowly: the hub does not keep more packages for you');
  const read = ingested(slow).map((value) => Number.parseInt(value, 10));
  expect(read.length).toBeLessThan(200);
  expect(read).toEqual(firstNumbers(read.length));
  expect(hub.size).toBe(0);
});

test('what waits for one subscriber is bounded in bytes too', async () => {
  const hub = new Hub({ capacityBytes: 10_000, patienceMs: 1 });
  const subscription = hub.subscribe('tag');
  const dataPackage = () => new ResponseGetDataPackageStream().setTagname('tag').setTagvalue('x'.repeat(6_000));
  for (let n = 0; n < 3; n++) await hub.publish(dataPackage());
  expect(subscription.messages.size).toBe(2);
  expect(hub.size).toBe(0);
});
