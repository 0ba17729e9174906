import { join } from 'node:path';
import { staleBlocks } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';

test('the page about proxies shows the settings that the interop lane tries', () => {
  expect(staleBlocks(join(import.meta.dirname, '../proxies.md'), {})).toEqual([]);
});
