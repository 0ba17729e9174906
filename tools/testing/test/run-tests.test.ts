import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../src/program.ts';

const cwd = join(import.meta.dirname, 'fixtures/suite');
const runTests = (...args: string[]) =>
  run([process.execPath, join(import.meta.dirname, '../bin/run-tests.js'), ...args], { cwd });

test.concurrent('the end of the output names what failed, why, and the command that runs it alone', async () => {
  const { exit, stdout, stderr } = await runTests();
  expect({ exit, stderr }).toEqual({ exit: 1, stderr: '' });
  expect(stdout).toContain('✗ suite');
  const path = 'tools/testing/test/fixtures/suite';
  expect(stdout).toContain(`skipped: needs what is not here (${path}/broken.test.ts): no moon tonight\n`);
  expect(stdout).toContain(
    `FAILED does not hold\n  ${path}/broken.test.ts\n  expected 'Ann' to be 'Bob' // Object.is equality\n`,
  );
  expect(stdout).toContain('  printed:\n  what it printed\n');
  expect(stdout).toContain("  alone: pnpm --filter suite test broken.test.ts -t 'does not hold'\n");
  expect(stdout).toContain(`FAILED ${path}/unreadable.test.ts\n  this file does not load\n`);
  expect(stdout).toMatch(/\n2 passed, 2 failed, 1 skipped in \d+ s\n$/);
});

test.concurrent('wrong usage is told in one line, then the usage; exit code 2', async () => {
  const { exit, stderr } = await runTests('--frobnicate');
  expect(exit).toBe(2);
  expect(stderr).toMatch(/^Error: .*--frobnicate.*\n\nUsage: run-tests /);
});
