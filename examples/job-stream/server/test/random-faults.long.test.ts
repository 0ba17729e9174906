import { expect, test } from 'vitest';
import { checkRandomFaults, SEED } from './random-faults.ts';

const ROUNDS = 4;

test(`whatever happens to workers and master, the result is right (SEED=${SEED} repeats the decisions)`, async () => {
  let trouble = 0;
  for (let round = 0; round < ROUNDS; round++) trouble += await checkRandomFaults(SEED + round, 30);
  expect(trouble).toBeGreaterThan(ROUNDS);
});
