import { randomUUID } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { deadlineIn, longEnough, openSocketsAndTimers, until } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { cancel, sent, values } from './datahub-peer.ts';
import { NEVER_MS, serve } from './start.ts';

/** The time of a tick, in milliseconds since 1970. */
const timeOf = (ticks = '') => Number((BigInt(ticks) - 621_355_968_000_000_000n) / 10_000n);

test('the tag and the GUID come back with each tick, whose value is the time', async () => {
  const { connect } = await serve({ tickMs: 10 });
  const trackingGuid = randomUUID();
  const before = Date.now();
  const subscriber = connect().subscribe({ tagName: 'größe 📏', trackingGuid });
  const ticks = (await subscriber.received(3)).slice(0, 3);
  for (const tick of ticks) {
    expect(tick).toEqual({ IsSuccess: true, trackingGuid, tagName: 'größe 📏', tagValue: expect.any(String) });
    expect(timeOf(tick.tagValue)).toBeGreaterThanOrEqual(before);
    expect(timeOf(tick.tagValue)).toBeLessThanOrEqual(Date.now());
  }
  await cancel(subscriber);
});

test('the first tick comes at once, the others one an interval', async () => {
  // Without waiting for an interval, which would be without end.
  await cancel(await (await serve({ tickMs: NEVER_MS })).connect().subscribed());

  const tickMs = 200;
  const { connect } = await serve({ tickMs });
  const beside: number[] = [];
  const clock = setInterval(() => beside.push(Date.now()), tickMs);
  const subscriber = await connect().subscribed();
  const times = (await subscriber.received(6)).slice(0, 6).map(({ tagValue }) => timeOf(tagValue));
  clearInterval(clock);
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  for (const [n, time] of times.entries()) {
    // A timer is late on a busy machine, and never early but for the millisecond it rounds by.
    expect(time - first).toBeGreaterThan(n * tickMs - 10);
  }
  // A clock beside it is as late as they are.
  expect(beside.filter((time) => time > first && time < last).length).toBeLessThan(8);
  await cancel(subscriber);
});

test('a cancel ends the producer at once, in the middle of its wait', async () => {
  const { server, hub, connect } = await serve({ tickMs: NEVER_MS });
  const peer = connect();
  const subscriber = await peer.subscribed();
  expect(hub.size).toBe(1);
  await cancel(subscriber);
  expect(await subscriber.status).toMatchObject({ code: status.CANCELLED });
  await until(() => hub.size === 0);
  await until(() => server.openCalls.size === 0);
  peer.close();
  await until(() => openSocketsAndTimers().length === 0);
});

test('subscribers have ticks of their own, also on one connection', async () => {
  const { hub, connect } = await serve({ tickMs: 10 });
  const peer = connect();
  const [one, other] = [peer.subscribe(), peer.subscribe({ tagName: 'Other' })];
  await Promise.all([one.received(5), other.received(5)]);
  await cancel(one);
  await until(() => hub.size === 1);
  const already = other.responses.length;
  await other.received(already + 5);
  await cancel(other);
  expect(new Set(other.responses.map(({ tagName }) => tagName))).toEqual(new Set(['Other']));
});

test('a deadline ends the subscription with DEADLINE_EXCEEDED, after the ticks that came before', async () => {
  const { hub, connect } = await serve({ tickMs: 10 });
  const peer = connect();
  await peer.send({ ...sent(), tagValue: [] }); // it is connected: none of the time is for that
  const ticksIn = async (seconds: number) => {
    const subscriber = peer.subscribe({}, deadlineIn(seconds * 1_000));
    expect(await subscriber.status).toMatchObject({ code: status.DEADLINE_EXCEEDED });
    return subscriber.responses.length;
  };
  expect(await longEnough(ticksIn, (ticks) => ticks > 1)).toBeGreaterThan(1);
  await until(() => hub.size === 0);
});

test('a server that stops tells every subscriber, after what came in for them', async () => {
  const { server, hub, connect } = await serve();
  const peer = connect();
  const subscriber = await peer.subscribed();
  await peer.send({ ...sent(), tagValue: ['last'] });
  await server.stop();
  expect(await subscriber.status).toMatchObject({ code: status.UNAVAILABLE, details: 'server is shutting down' });
  expect(values(subscriber).at(-1)).toBe('last');
  expect([hub.size, server.openCalls.size]).toEqual([0, 0]);
});
