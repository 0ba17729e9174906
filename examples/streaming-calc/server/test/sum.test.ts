import { status } from '@grpc/grpc-js';
import vectors from 'calc-proto/test-vectors.json' with { type: 'json' };
import { expect, test } from 'vitest';
import { serve } from './start.ts';

const exact = vectors.sums.filter(({ sum }) => sum !== undefined);
const overflowing = vectors.sums.filter(({ overflowAt }) => overflowAt !== undefined);

test.each(exact)('the sum is exact: $name', async ({ values, sum }) => {
  const peer = (await serve()).connect();
  expect(await peer.sum(values)).toBe(sum);
});

test.each(overflowing)('a sum that 64 bits cannot hold is none: $name', async ({ values, overflowAt }) => {
  const peer = (await serve()).connect();
  const { call, sum, status: ended } = peer.startSum(values);
  call.end();
  expect(await sum).toBeUndefined();
  expect(await ended).toMatchObject({
    code: status.OUT_OF_RANGE,
    details: expect.stringMatching(
      `^value ${overflowAt}, counted from 1, takes the sum out of the signed 64-bit range: `,
    ),
  });
});

test('the status of an overflow says what was to be added to what', async () => {
  const peer = (await serve()).connect();
  expect(await peer.startSum(['-9223372036854775800', '7', '-16']).status).toMatchObject({
    details: 'value 3, counted from 1, takes the sum out of the signed 64-bit range: -9223372036854775793 + -16',
  });
});

test('an overflow is told at once, before the half-close', async () => {
  const peer = (await serve()).connect();
  const { call, status: ended } = peer.startSum(['9223372036854775807', '1']);
  expect(await ended).toMatchObject({ code: status.OUT_OF_RANGE });
  expect(call.writableEnded).toBe(false);
});

test('there is one response, at the half-close and not before', async () => {
  const { connect } = await serve();
  const [peer, other] = [connect(), connect()];
  const { call, sum } = peer.startSum(['1', '2', '3']);
  let replied = false;
  void sum.then(() => {
    replied = true;
  });
  for (let n = 0; n < 5; n++) await other.sum(['1']);
  expect(replied).toBe(false);
  call.write({ value: '4' });
  call.end();
  expect(await sum).toBe('10');
});

test('callers share nothing, neither on one connection nor on several', async () => {
  const { connect } = await serve();
  const [one, other] = [connect(), connect()];
  const calls = [one.startSum(), one.startSum(), other.startSum(), other.startSum()];
  for (let n = 1; n <= 100; n++) {
    for (const [caller, { call }] of calls.entries()) call.write({ value: `${n * 10 ** caller}` });
  }
  for (const { call } of calls) call.end();
  expect(await Promise.all(calls.map(({ sum }) => sum))).toEqual(['5050', '50500', '505000', '5050000']);
  expect(await one.sum([])).toBe('0');
});

test('an overflow ends its own call only', async () => {
  const { connect } = await serve();
  const peer = connect();
  const neighbour = peer.startSum(['1']);
  for (let n = 0; n < 10; n++) {
    expect(await peer.startSum(['9223372036854775807', '1']).status).toMatchObject({ code: status.OUT_OF_RANGE });
  }
  neighbour.call.write({ value: '2' });
  neighbour.call.end();
  expect(await neighbour.sum).toBe('3');
});

test.each(vectors.malformedMessages)('bytes that are no value end their own call only: $name', async ({ bytes }) => {
  const { server, connect } = await serve();
  const peer = connect();
  const neighbour = peer.startSum(['1']);
  for (const method of ['sum', 'incrementalSum'] as const) {
    expect(await peer.sendBytes(method, Buffer.from(bytes, 'hex'))).toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: 'a request cannot be read: it is no message of this method, or its text is not UTF-8',
    });
  }
  neighbour.call.end();
  expect(await neighbour.sum).toBe('1');
  await expect.poll(() => server.openCalls.size).toBe(0);
});
