import { expect, test } from 'vitest';
import { checkRandomDamage } from './random-damage.ts';
import { SEED } from './random-faults.ts';

test(`whatever befalls master, workers, disk and texts, the counts are right or there are none (SEED=${SEED} repeats the decisions)`, async () => {
  expect((await checkRandomDamage(SEED)).length).toBeGreaterThan(1);
});
