import { join } from 'node:path';
import { Program, run } from 'testing';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const demo = ['node', '--import', 'tsx', 'packages/demo/src/main.ts'];

test('the demo shows both programs in one terminal and exits with 0', async () => {
  const { exit, stdout, stderr } = await run(demo, { cwd: root });
  expect(stdout.replaceAll(/localhost:\d+/g, 'localhost:PORT').split('\n')).toEqual([
    'server | chat-server listens on localhost:PORT. Start a client: pnpm --filter chat-client start --address localhost:PORT',
    'client | Sam: Hi',
    'client | Ann: Hey',
    'client | John: Hello',
    'server | chat-server is shutting down',
    '',
  ]);
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
});

test('Ctrl-C ends the demo in order, at any time', async () => {
  await using program = new Program(demo, { cwd: root });
  await program.prints(/listens on/);
  program.signal('SIGINT');
  await program.ended;
  expect(program.stdout).toContain('server | chat-server is shutting down');
  expect(program.stderr).toBe('');
});
