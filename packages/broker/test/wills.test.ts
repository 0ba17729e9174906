import { expect, test } from 'vitest';
import { Wills } from '../src/wills.ts';

test('wills are remembered as far as there is room; one that is closed, or has another in its place, makes room', () => {
  const wills = new Wills(10_000);
  const text = new Uint8Array(1_600);
  for (const name of 'abcdefgh') wills.open(name, text);
  expect([...wills].map(([name]) => name).join('')).toBe('abcde');
  wills.close('b');
  wills.close('nobody');
  wills.open('f', text);
  wills.open('g', text);
  expect([...wills].map(([name]) => name).join('')).toBe('acdef');
  for (const name of 'acdef') wills.open(name, text.subarray(0, 1_300));
  wills.open('h', text.subarray(0, 1_300));
  expect(wills.size).toBe(6);
  wills.closeAll();
  for (const name of 'abcdefgh') wills.open(name, text);
  expect(wills.size).toBe(5);
});
