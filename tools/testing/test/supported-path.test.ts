import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../src/program.ts';
import { temporaryFolder } from '../src/temporary-folder.ts';

const bin = join(import.meta.dirname, '../bin');

/** Runs the check in a clone in such a folder. */
async function checkedIn(folder: string) {
  const clone = join(temporaryFolder(), folder);
  const copy = join(clone, 'tools/testing/bin');
  mkdirSync(copy, { recursive: true });
  cpSync(join(bin, 'supported-path.js'), join(copy, 'supported-path.js'));
  return { clone, ...(await run([process.execPath, join(copy, 'supported-path.js')])) };
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
  const { exit, stderr } = await checkedIn('a (new) [clone] & more, "ünï" it\'s $HOME: <1|2>');
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
});

test('the runner checks the path before it loads anything of TypeScript', () => {
  const [before] = readFileSync(join(bin, 'run-tests.js'), 'utf8').split('tsx');
  expect(before).toContain("import './supported-path.js';");
});
