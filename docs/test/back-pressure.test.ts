import { join } from 'node:path';
import { readmeBlocks, run, staleBlocks } from 'testing';
import { expect, test } from 'vitest';
import { agreeing, within } from './agree.ts';

const page = join(import.meta.dirname, '../back-pressure.md');
const cwd = join(import.meta.dirname, '..');
const real: Record<string, string> = {};

const measure = async (what: string) =>
  (await run(['node', '--import', 'tsx', 'src/back-pressure/main.ts', what], { cwd })).stdout.trimEnd().split('\n');

test('what waits, and where, when a reader has stopped', { timeout: 60_000 }, async () => {
  const stalled = await measure('stalled');
  if (process.version.startsWith('v20.')) {
    real.stalled = agreeing(page, 'stalled', stalled, within(20));
    return;
  }
  console.warn(`the numbers of the page are those of Node 20; this is Node ${process.version}:\n${stalled.join('\n')}`);
  real.stalled = readmeBlocks(page).find(({ source }) => source === 'stalled')?.text ?? '';
  // Everywhere, there are limits.
  const bytes = stalled.flatMap((line) => /^ .* (\S+) +\S+ +\S+ +\S+ +\d+$/.exec(line)?.[1] ?? []);
  expect(bytes).toHaveLength(12);
  for (const count of bytes) expect(Number(count.replaceAll(',', ''))).toBeLessThan(8 * 2 ** 20);
});

test('what is written to a client that never reads', { timeout: 60_000 }, async () => {
  real.unread = agreeing(page, 'unread', await measure('unread'), within(5));
});

test('every block of the page is what was measured', () => {
  for (const { kind, source, text } of readmeBlocks(page)) if (kind === 'commands') real[source] = text;
  expect(staleBlocks(page, real)).toEqual([]);
});
