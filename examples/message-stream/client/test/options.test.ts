import { decimalNumber, wholeNumber } from 'grpc-program/options';
import { expect, test } from 'vitest';

const interval = decimalNumber(0.001, 86_400);
const count = wholeNumber(1);

test.each(['abc', '', '0', '-1', '1.2.3', '86401', 'Infinity'])('an interval is not %j', (text) => {
  expect(() => interval(text)).toThrow('It must be a number from 0.001 to 86400.');
});

test.each(['0', '1.5', '0x10'])('a count is not %j', (text) => {
  expect(() => count(text)).toThrow('It must be a whole number from 1 on.');
});

test('an interval may have decimals', () => {
  expect([interval('0.001'), interval('1'), interval('86400'), count('1')]).toEqual([0.001, 1, 86_400, 1]);
});
