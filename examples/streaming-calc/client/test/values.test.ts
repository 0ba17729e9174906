import { Readable } from 'node:stream';
import { status } from '@grpc/grpc-js';
import { until } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { incrementalSum } from '../src/incremental-sum.ts';
import { sum } from '../src/sum.ts';
import { InvalidValue, parseValue, readValues } from '../src/values.ts';
import { connect, serve } from './start.ts';

/** The values in an input that comes in these pieces, and what went wrong with it. */
async function read(...chunks: (string | Buffer)[]): Promise<unknown[]> {
  const values: unknown[] = [];
  try {
    for await (const value of readValues(Readable.from(chunks, { objectMode: false }))) values.push(value);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    values.push(error.message);
  }
  return values;
}

test.each([
  ['0', 0n],
  ['-0', 0n],
  ['+7', 7n],
  ['007', 7n],
  [`-${'0'.repeat(50)}1`, -1n],
  ['9223372036854775807', 2n ** 63n - 1n],
  ['-9223372036854775808', -(2n ** 63n)],
])('%s is a value', (text, value) => {
  expect(parseValue(text)).toBe(value);
});

test.each([
  ['', '""'],
  ['-', '"-"'],
  ['1.5', '"1.5"'],
  ['1e3', '"1e3"'],
  ['0x10', '"0x10"'],
  ['1_000', '"1_000"'],
  ['1 2', '"1 2"'],
  ['٣', '"٣"'],
  ['--1', '"--1"'],
  ['9223372036854775808', '"9223372036854775808"'],
  ['-9223372036854775809', '"-9223372036854775809"'],
  ['9'.repeat(1_000_000), `"${'9'.repeat(40)}…"`],
  ['7\u001b[2J', '"7\\u001b[2J"'],
])('%j is no value, and the message names it', (text, named) => {
  expect(() => parseValue(text)).toThrow(`${named} is not a signed 64-bit integer`);
});

test('an input holds one value per line, the last one with or without its end', async () => {
  expect(await read('1\n-2\n3\n')).toEqual([1n, -2n, 3n]);
  expect(await read('1\n-2\n3')).toEqual([1n, -2n, 3n]);
  expect(await read('')).toEqual([]);
});

test('lines that come in pieces, ends of other systems and blanks around a value do not matter', async () => {
  expect(await read('1', '2', '\n', '-', '3\r', '\n 4\t\n')).toEqual([12n, -3n, 4n]);
  expect(await read('\ufeff5\n')).toEqual([5n]);
});

test.each([
  ['a blank line', ['1\n\n2\n'], '""'],
  ['a line of blanks', ['1\n  \n2\n'], '""'],
  ['a word', ['1\nabc\n2\n'], '"abc"'],
  ['two values', ['1\n2 3\n'], '"2 3"'],
  ['too large', ['1\n9223372036854775808'], '"9223372036854775808"'],
  ['no UTF-8', ['1\n', Buffer.from([0xff, 0xfe]), '\n'], '"\ufffd\ufffd"'],
  ['in pieces', ['1\na', 'b', 'c'], '"abc"'],
])('what is no value is named with its line, after the values before it: %s', async (_, chunks, named) => {
  expect(await read(...chunks)).toEqual([1n, `line 2: ${named} is not a signed 64-bit integer`]);
});

test('the end of a long line is not waited for', async () => {
  let read = 0;
  const long = new Readable({
    read() {
      read += 10_000;
      this.push(read > 10_000_000 ? null : '1'.repeat(10_000));
    },
  });
  await expect(readValues(long).next()).rejects.toThrow(`line 1: "${'1'.repeat(40)}…" is not`);
  expect(read).toBeLessThan(200_000);
  expect(long.destroyed).toBe(true);
});

test('values are read as the server takes them: an input without end waits with it', async () => {
  const lines = 100_000;
  let linesRead = 0;
  const input = new Readable({
    read() {
      linesRead += lines / 100;
      this.push('1\n'.repeat(lines / 100));
    },
  });
  let resume = () => {};
  let paused = false;
  const address = await serve({
    sum: (call, callback) => {
      call.pause();
      paused = true;
      resume = () => {
        call.resume();
        callback(null, { value: '7' });
      };
    },
  });
  const printed: string[] = [];
  const summing = sum(connect(address), readValues(input), (line) => printed.push(line));
  await until(() => paused);
  // It comes to a halt: no line is read during twenty calls of another caller. That is long before the lines that fit
  // into a megabyte.
  for (let last = -1; last !== linesRead; ) {
    last = linesRead;
    for (let n = 0; n < 20; n++) await incrementalSum(connect(address), [1n], () => {});
  }
  expect(linesRead).toBeLessThan(lines);
  resume();
  await expect(summing).rejects.toMatchObject({ code: status.INTERNAL }); // there was more to come
  expect(printed).toEqual([]);
});
