import { expect, test } from 'vitest';
import { run } from '../src/program.ts';
import { workspaceRoot } from '../src/workspace.ts';

test('a package that is not there is an error of pnpm', async () => {
  const cwd = workspaceRoot(import.meta.dirname);
  const { exit, stdout, stderr } = await run(['pnpm', '--filter', 'chat-clint', 'start'], { cwd });
  expect({ exit, told: `${stdout}${stderr}` }).toEqual({
    exit: 1,
    told: expect.stringContaining('No projects matched'),
  });
});
