import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Program, run } from '../src/program.ts';
import { temporaryFolder } from '../src/temporary-folder.ts';

const root = join(import.meta.dirname, '../../..');
const EXAMPLES = ['chat', 'calc', 'call', 'datahub', 'message', 'job'];
/** Some other user; only root can become one. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

/** Deploys a package to a folder that nobody may write to. */
async function deploy(name: string): Promise<string> {
  const folder = join(temporaryFolder(), name);
  const { exit, stdout, stderr } = await run(
    ['pnpm', '--filter', name, 'deploy', '--prod', '--prefer-offline', folder],
    { cwd: root, env: { CI: '1' } },
  );
  expect(exit, stdout + stderr).toBe(0);
  execFileSync('chmod', ['-R', 'a-w,a+rX', join(folder, '..')]);
  return folder;
}

function start(folder: string, ...args: string[]): Program {
  const command = ['npm', 'start', '--silent', '--', ...args];
  const asNobody = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
  return new Program(isRoot ? [...asNobody, ...command] : command, {
    cwd: folder,
    // It needs no home, and no folder for temporary files.
    env: { HOME: '/nonexistent', TMPDIR: '/nonexistent', INIT_CWD: '' },
  });
}

function fileForAnyone(): string {
  const folder = temporaryFolder();
  chmodSync(folder, 0o777);
  return join(folder, 'output');
}

test.for(EXAMPLES)('pnpm deploy of the %s example gives folders that run, read-only, as another user', async (name) => {
  const [server, client] = await Promise.all([deploy(`${name}-server`), deploy(`${name}-client`)]);
  await using running = start(server, '--port', '0', ...(name === 'job' ? ['--output', fileForAnyone()] : []));
  const [, address = ''] = await running.prints(/ listens on (\S+:\d+)/);
  await using caller = start(client, '--address', address, ...(name === 'datahub' ? ['--seconds', '1'] : []));
  // One of them goes on until it is interrupted, as npm then is too.
  await caller.prints(/\n/);
  const isEndless = name === 'message';
  if (isEndless) caller.signal('SIGINT');
  expect({ exit: await caller.ended, stderr: caller.stderr }).toEqual({ exit: isEndless ? 'SIGINT' : 0, stderr: '' });
});
