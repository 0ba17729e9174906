import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../src/program.ts';

const cwd = join(import.meta.dirname, 'fixtures/suite');
const runTests = (...args: string[]) =>
  run([process.execPath, join(import.meta.dirname, '../bin/run-tests.js'), ...args], { cwd });

test.concurrent('files and names can be chosen, and the long tests are asked for', async () => {
  const one = await runTests('whole');
  expect(one, one.stderr).toMatchObject({
    exit: 0,
    stdout: expect.stringMatching(/^✓ suite +1 passed\n\n1 passed, 0 failed in/),
  });
  expect((await runTests('--all', 'lengthy')).stdout).toContain('1 passed, 0 failed');
  expect(await runTests('lengthy')).toMatchObject({ exit: 1, stdout: expect.stringContaining('no test') });
  expect((await runTests('broken', '-t', '^holds$')).stdout).toContain('1 passed, 0 failed');
});

test.concurrent('a run without a test is a failure, and so is a word that finds no file', async () => {
  const none = await runTests('whole', '-t', 'a name that no test has');
  expect(none).toMatchObject({ exit: 1, stdout: expect.stringContaining('no test has such a file or name\n') });
  expect(none.stdout).not.toContain('✓');
  expect(await runTests('whole', 'chatt')).toMatchObject({
    exit: 1,
    stdout: expect.stringContaining('1 passed, 0 failed'),
    stderr: 'Error: no test file has a path with chatt\n',
  });
  expect(await runTests('./whole.test.ts')).toMatchObject({ exit: 0, stderr: '' });
});
