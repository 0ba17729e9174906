import { join } from 'node:path';
import { BUILD_PATIENCE_MS, run, skip } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { KINDS } from '../bench/job.ts';
import { STACKS } from '../bench/stack.ts';

const BENCH = ['npx', '-y', 'pnpm@12', '--silent', 'bench'];

const options = { timeout: BUILD_PATIENCE_MS };

test.for(STACKS)('%s does every kind of work of the benchmark', options, async (stack, context) => {
  const job = ['--stacks', stack, '--sizes', '1024', '--streams', '3', '--messages', '30', '--rounds', '1'];
  const { exit, stdout, stderr } = await run([...BENCH, ...job], { cwd: join(import.meta.dirname, '..') });
  const [, leftOut] = stdout.match(/^Left out: (.*)$/m) ?? [];
  if (leftOut) skip(context, leftOut);
  // The size and streams, the stack, and its ratio to itself; a stack that failed has words there.
  const lines = stdout.match(/^\| 1 KiB × 3 +\| [\w+-]+ +\| +1\.00 \|/gm) ?? [];
  expect({ exit, lines: lines.length }, stdout + stderr).toEqual({ exit: 0, lines: KINDS.length });
});
