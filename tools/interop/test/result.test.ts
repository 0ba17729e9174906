import { expect, test } from 'vitest';
import { PEERS_IN_ORDER } from '../src/peers/index.ts';
import { sectionOf, writtenSection } from '../src/result.ts';

test.each(PEERS_IN_ORDER)('result.md tells what is tried with $name; the lane writes it', (peer) => {
  expect(writtenSection(peer)).toBe(sectionOf(peer));
});
