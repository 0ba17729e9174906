import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Program, readmeBlocks, run } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');

test('the pruned example is a repository that installs, type-checks and runs', async () => {
  const command = readmeBlocks(join(import.meta.dirname, '../README.md')).find(
    ({ source }) => source === 'prune',
  )?.text;
  const folder = await mkdtemp(join(tmpdir(), 'my-chat-'));
  try {
    const prune = (command ?? '').trim().replace('my-chat', folder).split(' ');
    expect(await run(prune, { cwd: root, env: { TURBO_TELEMETRY_DISABLED: '1' } })).toMatchObject({ exit: 0 });
    const pnpm = (...args: string[]) => ['pnpm', '--silent', ...args];
    expect(await run(pnpm('install', '--frozen-lockfile', '--prefer-offline'), { cwd: folder })).toMatchObject({
      exit: 0,
    });
    expect(await run(pnpm('--recursive', 'typecheck'), { cwd: folder })).toMatchObject({ exit: 0 });
    await using server = new Program(pnpm('--filter', 'chat-server', 'start', '--port', '0'), { cwd: folder });
    const [, address = ''] = await server.prints(/ listens on (\S+)\./);
    const client = await run(pnpm('--filter', 'chat-client', 'start', '--address', address), { cwd: folder });
    expect(client).toMatchObject({ exit: 0, stdout: 'Sam: Hi\nAnn: Hey\nJohn: Hello\n' });
  } finally {
    await rm(folder, { recursive: true });
  }
});
