import { expect, test } from 'vitest';
import { rows } from '../src/rows.ts';
import { Victims } from '../src/victim.ts';

const victims = new Victims();

// One after the other: each is heavy by itself.
test.for(rows.filter(({ isLong }) => isLong))('$name', async (row) => {
  expect(await row.run(victims)).toBe(row.gets);
});
