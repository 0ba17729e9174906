import { status } from '@grpc/grpc-js';
import { deadlineIn, until } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { type Accepted, cancel, ingested, sent } from './datahub-peer.ts';
import { NEVER_MS, serve } from './start.ts';

const timeOf = ({ timeStamp }: Accepted) => Number(timeStamp?.seconds) * 1_000 + (timeStamp?.nanos ?? 0) / 1_000_000;

test.each([
  ['unary', ['A01', 'A02', 'A03']],
  ['a stream', ['A01', 'A02', 'A03', 'A04']],
])('%s: the response has the count of the call, the GUID, and the time', async (kind, tagValues) => {
  const peer = (await serve()).connect();
  // Twice: the count is that of the call.
  for (const _ of ['first', 'second']) {
    const request = sent();
    const before = Date.now();
    const response =
      kind === 'unary'
        ? await peer.send({ ...request, tagValue: tagValues })
        : await peer.ingest(tagValues.map((tagValue) => ({ ...request, tagValue })));
    expect(response).toEqual({
      isSuccess: true,
      trackingGuid: request.trackingGuid,
      dataPackageCount: `${tagValues.length}`,
      timeStamp: expect.anything(),
    });
    expect(timeOf(response)).toBeGreaterThanOrEqual(before);
    expect(timeOf(response)).toBeLessThanOrEqual(Date.now());
  }
});

test('no packages are a count of zero: no values, and no messages', async () => {
  const peer = (await serve()).connect();
  const { trackingGuid, ...rest } = sent();
  const none = await peer.send({ ...rest, trackingGuid, tagValue: [] });
  expect(none).toMatchObject({ isSuccess: true, trackingGuid });
  const empty = await peer.ingest([]);
  expect(empty).toMatchObject({ isSuccess: true });
  expect([none.dataPackageCount, empty.dataPackageCount]).toEqual([undefined, undefined]);
});

const GUID = '3f2c8a1e-5b07-4c9d-9a64-d1e0b7f5c283';
const BARE = GUID.replaceAll('-', '');
const WRONG: [string, object, string][] = [
  ['no tag', { tagName: '' }, 'tagName must not be empty'],
  ['a long tag', { tagName: 'x'.repeat(1_025) }, 'tagName must not be longer than 1,024 characters'],
  ...['telemetryGuid', 'trackingGuid'].flatMap((field): [string, object, string][] =>
    [
      ...['', 'abc', ` ${GUID}`, `${GUID}\n`, `{${GUID}`, `{${GUID})`, `{${BARE}}`, `${BARE}0`, GUID.replace('-', '')],
      ...['g'.repeat(36), 'x'.repeat(100_000)],
    ].map((guid) => [
      `${field} ${JSON.stringify(guid.slice(0, 40))}`,
      { [field]: guid },
      `${field} must be a GUID, such as 3f2c8a1e-5b07-4c9d-9a64-d1e0b7f5c283`,
    ]),
  ),
];

test.each(WRONG)('unary, %s: INVALID_ARGUMENT, and no package of it is passed on', async (_, fields, details) => {
  const peer = (await serve()).connect();
  const subscriber = await peer.subscribed();
  const wrong = peer.send({ ...sent(), tagValue: ['A01', 'A02'], ...fields });
  await expect(wrong).rejects.toMatchObject({ code: status.INVALID_ARGUMENT, details });
  expect(await peer.send({ ...sent(), tagValue: ['right'] })).toMatchObject({ dataPackageCount: '1' });
  await subscriber.received(2);
  expect(ingested(subscriber)).toEqual(['right']);
  await cancel(subscriber);
});

test.each(WRONG)('in a stream, %s: INVALID_ARGUMENT, and none is counted', async (_, fields, details) => {
  const { server, connect } = await serve();
  const peer = connect();
  const neighbour = peer.startIngest();
  neighbour.call.write(sent({ tagValue: 'neighbour' }));
  const { call, response } = peer.startIngest();
  call.write(sent());
  call.write(sent());
  call.write(sent(fields));
  await expect(response).rejects.toMatchObject({ code: status.INVALID_ARGUMENT, details });
  neighbour.call.end(sent());
  expect(await neighbour.response).toMatchObject({ dataPackageCount: '2' });
  await until(() => server.openCalls.size === 0);
});

test('a unary call that is cancelled is not passed on to its end', async () => {
  const { server, hub, connect } = await serve({ capacity: 10, patienceMs: NEVER_MS });
  const [peer, slow] = [connect(), await connect().subscribed()];
  slow.call.pause();
  const tagValue = Array.from({ length: 400 }, () => 'x'.repeat(10_000));
  const cancelled = peer.send({ ...sent(), tagValue }, deadlineIn(500));
  await expect(cancelled).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
  await until(() => server.openCalls.size === 1);
  slow.call.resume();
  await peer.send({ ...sent(), tagValue: ['the next'] });
  await until(() => ingested(slow).at(-1) === 'the next');
  expect(ingested(slow).length).toBeLessThan(400);
  expect(hub.size).toBe(1);
});

test.each([GUID, GUID.toUpperCase(), BARE, BARE.toUpperCase(), `{${GUID}}`, `(${GUID})`])(
  'a GUID is good in each form that .NET prints, and goes back as it came: %s',
  async (guid) => {
    const peer = (await serve()).connect();
    const subscriber = await peer.subscribed({ trackingGuid: guid });
    const guids = { telemetryGuid: guid, trackingGuid: guid };
    expect(await peer.ingest([sent(guids)])).toMatchObject({ trackingGuid: guid });
    expect(await peer.send({ ...sent(), tagValue: ['A01'], ...guids })).toMatchObject({ trackingGuid: guid });
    await until(() => ingested(subscriber).length === 2);
    expect(new Set(subscriber.responses.map(({ trackingGuid }) => trackingGuid))).toEqual(new Set([guid]));
    await cancel(subscriber);
  },
);

test.each([
  ['no tag', { tagName: '' }, 'tagName must not be empty'],
  ['a long tag', { tagName: 'x'.repeat(1_025) }, 'tagName must not be longer than 1,024 characters'],
  ['no GUID', { trackingGuid: '' }, 'trackingGuid must be a GUID, such as 3f2c8a1e-5b07-4c9d-9a64-d1e0b7f5c283'],
  [
    'a malformed GUID',
    { trackingGuid: 'abc' },
    'trackingGuid must be a GUID, such as 3f2c8a1e-5b07-4c9d-9a64-d1e0b7f5c283',
  ],
])('a subscription, %s: INVALID_ARGUMENT, and no tick', async (_, fields, details) => {
  const { hub, connect } = await serve();
  const subscriber = connect().subscribe(fields);
  expect(await subscriber.status).toMatchObject({ code: status.INVALID_ARGUMENT, details });
  expect(subscriber.responses).toEqual([]);
  expect(hub.size).toBe(0);
});
