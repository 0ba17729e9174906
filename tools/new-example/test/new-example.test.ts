import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from 'testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const copy = mkdtempSync(join(tmpdir(), 'repository-'));
afterAll(() => rmSync(copy, { recursive: true }));

/** The real command, in a copy of the repository as it is on this disk. */
const pnpm = (...args: string[]) => run(['pnpm', '--silent', ...args], { cwd: copy, env: { CI: '' } });

beforeAll(async () => {
  const { stdout } = await run(['git', 'ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: root });
  for (const file of new Set(stdout.split('\0').filter(Boolean))) {
    cpSync(join(root, file), join(copy, file), { force: true });
  }
  expect(await pnpm('install', '--prefer-offline')).toMatchObject({ exit: 0 });
}, 180_000);

test('pnpm new makes an example that type-checks and passes its tests at once', async () => {
  const made = await pnpm('new', 'my-notes');
  expect(made).toMatchObject({ exit: 0 });
  expect(made.stdout).toContain('pnpm --filter my-notes-server start');
  expect(await pnpm('install', '--prefer-offline', '--no-frozen-lockfile')).toMatchObject({ exit: 0 });
  for (const script of ['typecheck', 'test']) {
    const { exit, stdout } = await pnpm('--filter', '{examples/my-notes/**}', '--filter', 'my-notes', script);
    expect(exit, stdout).toBe(0);
  }
  expect((await pnpm('exec', 'biome', 'check', 'examples/my-notes')).exit).toBe(0);
});

test.for(['My Notes', '../notes', 'streaming-calc', 'chat', 'testing'])('"%s" is refused in one line', async (name) => {
  const { exit, stdout, stderr } = await pnpm('new', name);
  expect(exit).not.toBe(0);
  expect(stdout + stderr).toContain(`"${name}"`);
  expect(stdout + stderr).not.toMatch(/^ +at /m);
});
