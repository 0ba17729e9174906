import { status } from '@grpc/grpc-js';
import { deadlineIn, until } from '@grpc-by-example/testing';
import vectors from 'calc-proto/test-vectors.json' with { type: 'json' };
import { expect, test } from 'vitest';
import type { Int64Value } from '../../proto/test/contract.mts';
import { incrementalSum } from '../src/incremental-sum.ts';
import { sum } from '../src/sum.ts';
import { fail, OVERFLOW, type PeerCalc, type PeerIncrementalSum, type PeerSum } from './calc-peer.ts';
import { connect, serve } from './start.ts';

const BOTH = [
  ['sum', sum],
  ['incremental', incrementalSum],
] as const;

/** Runs the operation with this server to its end, and gives what was printed. */
async function printedBy(
  operation: typeof sum,
  values: Iterable<bigint> | AsyncIterable<bigint>,
  server?: PeerCalc,
): Promise<string[]> {
  const printed: string[] = [];
  await operation(connect(await serve(server)), values, (line) => printed.push(line));
  return printed;
}

test.each(vectors.sums)('the exact sum, or the status, of a stranger: $name', async ({ values, sum: expected }) => {
  const result = printedBy(sum, values.map(BigInt));
  if (expected !== undefined) expect(await result).toEqual([`Value: ${expected}`]);
  else await expect(result).rejects.toMatchObject(OVERFLOW);
});

test.each(vectors.sums)('the exact sums of a stranger, one by one: $name', async ({ values, sum: expected }) => {
  const result = printedBy(incrementalSum, values.map(BigInt));
  if (expected === undefined) return expect(result).rejects.toMatchObject(OVERFLOW);
  const lines = await result;
  expect(lines).toHaveLength(values.length + 1);
  if (values.length > 0) expect(lines.at(-2)).toBe(`Value: ${expected}`);
  return expect(lines.at(-1)).toBe('Complete.');
});

test('the values and the half-close go out as they are, on one call', async () => {
  const seen: unknown[] = [];
  const note = (call: PeerSum | PeerIncrementalSum, end: () => void) => {
    seen.push(call.getPath());
    call.on('data', (value: Int64Value) => seen.push(value));
    call.on('end', () => {
      seen.push('half-close');
      end();
    });
  };
  const values = [1n, 0n, -1n, 2n ** 63n - 1n];
  await printedBy(sum, values, { sum: (call, callback) => note(call, () => callback(null, {})) });
  await printedBy(incrementalSum, values, {
    incrementalSum: (call) => {
      note(call, () => call.end());
      call.on('data', () => call.write({}));
    },
  });
  const sent = [{ value: '1' }, {}, { value: '-1' }, { value: '9223372036854775807' }, 'half-close'];
  expect(seen).toEqual(['/StreamingCalcService/sum', ...sent, '/StreamingCalcService/incrementalSum', ...sent]);
});

test('each sum is printed as soon as it comes, and before the values end', async () => {
  const printed: string[] = [];
  async function* values(): AsyncGenerator<bigint> {
    for (let n = 1; n <= 5; n++) {
      yield BigInt(n);
      await until(() => printed.length === n);
    }
  }
  await incrementalSum(connect(await serve()), values(), (line) => printed.push(line));
  expect(printed).toEqual(['Value: 1', 'Value: 3', 'Value: 6', 'Value: 10', 'Value: 15', 'Complete.']);
});

/** Values that come until nobody wants them; `left` tells. */
function endless(): { values: AsyncGenerator<bigint>; left: () => boolean } {
  let left = false;
  async function* values(): AsyncGenerator<bigint> {
    try {
      while (true) {
        await new Promise((resolve) => setImmediate(resolve));
        yield 1n;
      }
    } finally {
      left = true;
    }
  }
  return { values: values(), left: () => left };
}

test.each(BOTH)('a server that refuses is reported by its status, and %s sends no more', async (_, operation) => {
  const refusal = { code: status.PERMISSION_DENIED, details: 'members only' };
  const { values, left } = endless();
  const server: PeerCalc = {
    sum: (_call, callback) => callback(refusal),
    incrementalSum: (call) => fail(call, refusal),
  };
  await expect(printedBy(operation, values, server)).rejects.toMatchObject(refusal);
  await until(left);
});

const ENDED_EARLY = { code: status.INTERNAL, details: 'the server ended the call before it had everything' };

test.each(BOTH)('a server that ends the %s with OK before the values end has failed', async (_, operation) => {
  const { values, left } = endless();
  const server: PeerCalc = {
    sum: (call, callback) => call.once('data', () => callback(null, { value: '7' })),
    incrementalSum: (call) => call.once('data', () => call.end()),
  };
  const printed: string[] = [];
  const summing = operation(connect(await serve(server)), values, (line) => printed.push(line));
  await expect(summing).rejects.toMatchObject(ENDED_EARLY);
  expect(printed).toEqual([]);
  await until(left);
});

test('a server that answers a part of the values, and then ends with OK, has failed', async () => {
  const printed: string[] = [];
  const client = connect(
    await serve({
      incrementalSum: (call) => {
        call.write({ value: '1' });
        call.resume().on('end', () => call.end());
      },
    }),
  );
  await expect(incrementalSum(client, [1n, 2n], (line) => printed.push(line))).rejects.toMatchObject(ENDED_EARLY);
  expect(printed).toEqual(['Value: 1']);
});

test('the sums before a failure are printed, "Complete." is not', async () => {
  const printed: string[] = [];
  const client = connect(
    await serve({
      incrementalSum: (call) => {
        call.write({ value: '1' });
        call.write({});
        fail(call, { code: status.DATA_LOSS, details: 'lost' });
      },
    }),
  );
  const summing = incrementalSum(client, [1n, -1n], (line) => printed.push(line));
  await expect(summing).rejects.toMatchObject({ code: status.DATA_LOSS, details: 'lost' });
  expect(printed).toEqual(['Value: 1', 'Value: 0']);
});

test.each(BOTH)('values that fail cancel the %s and are what is reported', async (_, operation) => {
  const events: string[] = [];
  const note = (call: PeerSum | PeerIncrementalSum) => {
    call.once('data', () => events.push('value'));
    call.once('cancelled', () => events.push('cancelled'));
  };
  async function* values(): AsyncGenerator<bigint> {
    yield 1n;
    await until(() => events.length === 1);
    throw new Error('no more paper');
  }
  await expect(printedBy(operation, values(), { sum: note, incrementalSum: note })).rejects.toThrow('no more paper');
  await until(() => events.includes('cancelled'));
});

test.concurrent.each(BOTH)('%s: a server that never answers is waited for until the deadline', async (_, operation) => {
  const address = await serve({ sum: (call) => call.resume(), incrementalSum: (call) => call.resume() });
  const printed: string[] = [];
  const result = operation(
    connect(address, () => deadlineIn(500)),
    [1n],
    (line) => printed.push(line),
  );
  await expect(result).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
  expect(printed).toEqual([]);
});

test.each(BOTH)('%s: bytes that are no value fail the call, and nothing is printed', async (_, operation) => {
  const printed: string[] = [];
  const client = connect(await serve({}, Buffer.from([0x08])));
  await expect(operation(client, [1n], (line) => printed.push(line))).rejects.toMatchObject({
    code: status.INTERNAL,
    details: 'Response message parsing error: the message is not a google.protobuf.Int64Value',
  });
  expect(printed).toEqual([]);
});
