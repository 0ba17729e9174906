import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../src/program.ts';
import { temporaryFolder } from '../src/temporary-folder.ts';

const root = join(import.meta.dirname, '../../..');
/** What the runner begins with, before anything is installed. */
const FILES = ['tools/testing/bin', 'packages/run-typescript/src/supported-node.js'];

/** Starts the check of a clone in such a folder. */
async function checkedIn(folder: string) {
  const clone = join(temporaryFolder(), folder);
  for (const file of FILES) cpSync(join(root, file), join(clone, file), { recursive: true });
  return { clone, ...(await run([process.execPath, join(clone, 'tools/testing/bin/run-tests.js')])) };
}

test.concurrent.each(['#', '?', '%', '*'])(
  'tests in a folder with a %s in its name are refused in one line',
  async (odd) => {
    const { clone, exit, stdout, stderr } = await checkedIn(`with ${odd} in it`);
    const line = `Error: the tests do not run where a path has a ${odd}, as in ${clone}; move this clone elsewhere\n`;
    expect({ exit, stdout, stderr }).toEqual({ exit: 1, stdout: '', stderr: line });
  },
);

test.concurrent('other characters are no reason to refuse', async () => {
  const { stderr } = await checkedIn('a (new) [clone] & more, "ünï" it\'s $HOME: <1|2>');
  // It goes on to load what is not in the copy.
  expect(stderr).toMatch(/Cannot find package 'tsx'/);
});
