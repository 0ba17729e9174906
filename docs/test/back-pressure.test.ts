import { join } from 'node:path';
import { programCommand, readmeBlocks, run, staleBlocks } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { agreeing, within } from './agree.ts';

const page = join(import.meta.dirname, '../back-pressure.md');
const program = join(import.meta.dirname, '../src/back-pressure/main.ts');
const real: Record<string, string> = {};

/** Node 22 has larger buffers in its streams than Node 20; each version compares with its own block. */
const STALLED = { node20: 'stalled, Node 20', newer: 'stalled, Node 22 and newer' };
const thisNode = process.version.startsWith('v20.') ? STALLED.node20 : STALLED.newer;
const written = (name: string) => readmeBlocks(page).find(({ source }) => source === name)?.text ?? '';

const measure = async (what: string) => (await run(programCommand(program, what))).stdout.trimEnd().split('\n');

test.concurrent('what waits, and where, when a reader has stopped', async () => {
  for (const name of Object.values(STALLED)) real[name] = written(name);
  real[thisNode] = agreeing(page, thisNode, await measure('stalled'), within(20));
});

test.concurrent('what waits in larger windows', async () => {
  real.windows = agreeing(page, 'windows', await measure('windows'), within(20));
});

test.concurrent('what is written to a client that never reads', async () => {
  real.unread = agreeing(page, 'unread', await measure('unread'), within(5));
});

test('every block of the page is what was measured', () => {
  for (const { kind, source, text } of readmeBlocks(page)) if (kind === 'commands') real[source] = text;
  expect(staleBlocks(page, real)).toEqual([]);
});
