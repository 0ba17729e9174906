import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inBash, run, temporaryFolder } from '../src/index.ts';

test('a script gets its arguments as they are, and nothing of who runs the tests: no .bashrc, no locale', async () => {
  const HOME = temporaryFolder();
  writeFileSync(join(HOME, '.bashrc'), 'echo hello\n');
  const command = inBash('echo "$#:$1:$2"', 'a b', '"$c"');
  expect(await run(command, { env: { HOME, SHLVL: undefined, LC_ALL: 'xx_XX' } })).toEqual({
    exit: 0,
    stdout: '2:a b:"$c"\n',
    stderr: '',
  });
});
