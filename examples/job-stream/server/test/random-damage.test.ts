import { expect, test } from 'vitest';
import { checkRandomDamage } from './random-damage.ts';
import { SEED } from './random-faults.ts';

test.concurrent.each([SEED, SEED + 1])(
  'whatever befalls master, workers, disk and texts, the counts are right or there are none (SEED=%i repeats the decisions)',
  async (seed) => {
    expect((await checkRandomDamage(seed)).length).toBeGreaterThan(1);
  },
);
