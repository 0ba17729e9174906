import { join } from 'node:path';
import { readmeBlocks, run, staleBlocks } from 'testing';
import { expect, test } from 'vitest';
import { agreeing, within } from './agree.ts';

const page = join(import.meta.dirname, '../back-pressure.md');
const cwd = join(import.meta.dirname, '..');
const real: Record<string, string> = {};

/** Node 22 has larger buffers in its streams than Node 20; each version compares with its own block. */
const STALLED = { node20: 'stalled, Node 20', newer: 'stalled, Node 22 and newer' };
const thisNode = process.version.startsWith('v20.') ? STALLED.node20 : STALLED.newer;
const written = (name: string) => readmeBlocks(page).find(({ source }) => source === name)?.text ?? '';

const measure = async (what: string) =>
  (await run(['node', '--import', 'tsx', 'src/back-pressure/main.ts', what], { cwd })).stdout.trimEnd().split('\n');

test('what waits, and where, when a reader has stopped', { timeout: 60_000 }, async () => {
  for (const name of Object.values(STALLED)) real[name] = written(name);
  real[thisNode] = agreeing(page, thisNode, await measure('stalled'), within(20));
});

test('what is written to a client that never reads', { timeout: 60_000 }, async () => {
  real.unread = agreeing(page, 'unread', await measure('unread'), within(5));
});

test('every block of the page is what was measured', () => {
  for (const { kind, source, text } of readmeBlocks(page)) if (kind === 'commands') real[source] = text;
  expect(staleBlocks(page, real)).toEqual([]);
});
