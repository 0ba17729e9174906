import { join } from 'node:path';
import { compareTable } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { rows } from '../src/rows.ts';
import { Victims } from '../src/victim.ts';

const README = join(import.meta.dirname, '../../../packages/grpc-program/README.md');
const victims = new Victims();

test.concurrent.for(rows.filter(({ isLong }) => !isLong))('$name', async (row) => {
  expect(await row.run(victims)).toBe(row.gets);
});

test('the table in the README has these attacks', () => {
  const cells = rows.map(({ name, gets, holds }) => [name, gets, holds]);
  const { shown, real } = compareTable(README, 'attacks', [['Attack', 'The attacker gets', 'What holds'], ...cells]);
  expect(shown).toBe(real);
});
