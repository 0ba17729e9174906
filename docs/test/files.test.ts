import { join } from 'node:path';
import { staleBlocks } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';

test.each([
  ['proxies.md', 'the settings that the interop lane tries'],
  ['deploying.md', 'the files that are tested'],
])('%s shows %s', (page) => {
  expect(staleBlocks(join(import.meta.dirname, '..', page), {})).toEqual([]);
});
