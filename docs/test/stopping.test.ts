import { join } from 'node:path';
import { readmeBlocks, staleBlocks } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { stops } from '../src/stopping.ts';

const page = join(import.meta.dirname, '../stopping-a-server.md');
const real: Record<string, string> = {};

test.concurrent.each(Object.entries(stops))('%s', async (name, stop) => {
  const lines: string[] = [];
  await stop((line) => lines.push(line));
  real[name] = lines.join('\n');
});

test('every block of the page is what the files hold or what was printed', () => {
  for (const { kind, source, text } of readmeBlocks(page)) if (kind === 'commands') real[source] = text;
  expect(staleBlocks(page, real)).toEqual([]);
});
