import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inBash, run, temporaryFolder } from '../src/index.ts';

test('a script does not read the .bashrc of whoever runs the tests, and gets its arguments as they are', async () => {
  const HOME = temporaryFolder();
  writeFileSync(join(HOME, '.bashrc'), 'echo hello\n');
  const command = inBash('echo "$#:$1:$2"', 'a b', '"$c"');
  expect(await run(command, { env: { HOME, SHLVL: undefined } })).toEqual({
    exit: 0,
    stdout: '2:a b:"$c"\n',
    stderr: '',
  });
});
