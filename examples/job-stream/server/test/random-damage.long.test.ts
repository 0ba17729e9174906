import { expect, test } from 'vitest';
import { checkRandomDamage } from './random-damage.ts';
import { SEED } from './random-faults.ts';

const RUNS = 20;

test.concurrent.each(Array.from({ length: RUNS }, (_, run) => SEED + run))(
  'whatever befalls master, workers, disk and texts, the counts are right or there are none (SEED=%i repeats the decisions)',
  async (seed) => {
    expect((await checkRandomDamage(seed)).length).toBeGreaterThan(1);
  },
);
