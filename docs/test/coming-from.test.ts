import { join } from 'node:path';
import { staleBlocks } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { compare, type PAIRS } from '../src/coming-from/compare.ts';

test.concurrent.each<[string, keyof typeof PAIRS]>([
  ['coming-from-grpc-js.md', 'grpc-js'],
  ['coming-from-nice-grpc.md', 'nice-grpc'],
])('%s shows both programs, and what they do', async (page, before) => {
  const behaviour = await compare([before, 'grpc-streams']);
  expect(staleBlocks(join(import.meta.dirname, '..', page), { behaviour })).toEqual([]);
});
