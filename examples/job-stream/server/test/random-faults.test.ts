import { expect, test } from 'vitest';
import { checkRandomFaults } from './random-faults.ts';

test('whatever happens to workers and master, the result is right: a short round', async () => {
  expect(await checkRandomFaults(5, 8)).toBeGreaterThan(0);
});
