import { status } from '@grpc/grpc-js';
import vectors from 'calc-proto/test-vectors.json' with { type: 'json' };
import { expect, test } from 'vitest';
import { decimals } from './calc-peer.ts';
import { serve } from './start.ts';

const OK = { code: status.OK, details: '' };

/** The sum after each of the values. */
function sumsOf(texts: readonly string[]): string[] {
  let sum = 0n;
  return texts.map((text) => {
    sum += BigInt(text);
    return String(sum);
  });
}

test.each(vectors.sums)(
  'each value is answered with the exact sum so far: $name',
  async ({ values: sent, overflowAt }) => {
    const peer = (await serve()).connect();
    const conversation = peer.incrementalSum();
    const good = overflowAt === undefined ? sent : sent.slice(0, overflowAt - 1);
    // One after the other: a status that is no OK overtakes the responses before it.
    for (const [index, value] of good.entries()) {
      conversation.send({ value });
      await conversation.received(index + 1);
    }
    if (overflowAt !== undefined) conversation.send({ value: sent[overflowAt - 1] ?? '' });
    else conversation.call.end();
    expect(await conversation.status).toMatchObject(
      overflowAt === undefined
        ? OK
        : { code: status.OUT_OF_RANGE, details: expect.stringContaining(`value ${overflowAt}, counted from 1, `) },
    );
    expect(decimals(conversation)).toEqual(sumsOf(good));
  },
);

test('the sums of the document', async () => {
  const peer = (await serve()).connect();
  const conversation = peer.incrementalSum();
  conversation.send(...Array.from({ length: 10 }, (_, n) => ({ value: `${n + 1}` })));
  conversation.call.end();
  expect(await conversation.status).toMatchObject(OK);
  expect(decimals(conversation)).toEqual(['1', '3', '6', '10', '15', '21', '28', '36', '45', '55']);
});

test('thousands of values sent at once are all answered, in order', async () => {
  const peer = (await serve()).connect();
  const conversation = peer.incrementalSum();
  const sent = Array.from({ length: 5_000 }, (_, n) => `${n % 2 ? -n : n}000000000000000`);
  conversation.send(...sent.map((value) => ({ value })));
  conversation.call.end();
  expect(await conversation.status).toMatchObject(OK);
  expect(decimals(conversation)).toEqual(sumsOf(sent));
});

test('callers share nothing, neither on one connection nor on several', async () => {
  const { connect } = await serve();
  const [one, other] = [connect(), connect()];
  const conversations = [one.incrementalSum(), one.incrementalSum(), other.incrementalSum(), other.incrementalSum()];
  for (let n = 1; n <= 10; n++) {
    for (const [caller, conversation] of conversations.entries()) conversation.send({ value: `${10 ** caller}` });
    await Promise.all(conversations.map((conversation) => conversation.received(n)));
  }
  for (const [caller, conversation] of conversations.entries()) {
    conversation.call.end();
    expect(await conversation.status).toMatchObject(OK);
    expect(decimals(conversation)).toEqual(Array.from({ length: 10 }, (_, n) => `${(n + 1) * 10 ** caller}`));
  }
});
