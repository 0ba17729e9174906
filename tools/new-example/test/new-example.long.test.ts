import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');

/** The repository as it is on this disk, installed. */
async function copyRepository(copy: string): Promise<void> {
  const { stdout } = await run(
    ['git', 'ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate', '-z'],
    {
      cwd: root,
    },
  );
  const deleted = await run(['git', 'ls-files', '--deleted', '-z'], { cwd: root });
  const gone = new Set(deleted.stdout.split('\0'));
  for (const file of stdout.split('\0')) {
    if (file && !gone.has(file)) cpSync(join(root, file), join(copy, file));
  }
}

test('pnpm new makes an example that type-checks and passes its tests at once', async () => {
  const copy = mkdtempSync(join(tmpdir(), 'repository-'));
  const pnpm = (...args: string[]) => run(['pnpm', '--silent', ...args], { cwd: copy, env: { CI: '' } });
  try {
    await copyRepository(copy);
    expect(await pnpm('install', '--prefer-offline')).toMatchObject({ exit: 0 });
    const made = await pnpm('new', 'my-notes');
    expect(made).toMatchObject({ exit: 0 });
    expect(made.stdout).toContain('pnpm --filter my-notes-server start');
    expect(await pnpm('install', '--prefer-offline', '--no-frozen-lockfile')).toMatchObject({ exit: 0 });
    for (const script of ['typecheck', 'test']) {
      const { exit, stdout, stderr } = await pnpm('--filter', '{examples/my-notes/**}', '--filter', 'my-notes', script);
      expect(exit, stdout + stderr).toBe(0);
    }
    expect(await pnpm('exec', 'biome', 'check', 'examples/my-notes')).toMatchObject({ exit: 0 });
  } finally {
    rmSync(copy, { recursive: true });
  }
});
