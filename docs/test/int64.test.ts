import { join } from 'node:path';
import { staleBlocks } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { show } from '../src/int64/show.ts';

const page = join(import.meta.dirname, '../int64.md');

test('every block of the page is what the files hold or what was printed', () => {
  const lines: string[] = [];
  show((line) => lines.push(line));
  expect(staleBlocks(page, { int64: lines.join('\n') })).toEqual([]);
});
