import { join } from 'node:path';
import { type Program, programCommand } from '@grpc-by-example/testing';
import { startProgram } from '@grpc-by-example/testing/program-tests';
import { expect, test } from 'vitest';
import { exercise } from '../src/folders.ts';

/** Starts the programs of a folder, and gives what the client prints. */
async function play(folder: string): Promise<Program> {
  const start = (file: string, ...args: string[]) =>
    startProgram(programCommand(join(exercise, folder, file), ...args));
  const server = start('server/main.ts', '--port', '0');
  const [, address = ''] = await server.prints(
    / listens on (\S+)\. Start a client: pnpm --filter datahub-exercise client/,
  );
  const client = start('client/main.ts', '--address', address);
  await client.prints(folder === 'start' ? /a package came\n/ : /^([\da-f-]{36})\n\1\n/);
  await server.prints(/ subscribes\n/);
  if (folder === 'end') client.signal('SIGINT');
  expect(await client.ended).toBe(0);
  await server.prints(/ is gone\n/);
  server.signal('SIGINT');
  expect(await server.ended).toBe(0);
  return client;
}

test.concurrent('the programs of start run as they stand', async () => {
  expect(await play('start')).toMatchObject({ stdout: 'a package came\n', stderr: '' });
});

test.concurrent('the programs of end do what the document shows', async () => {
  const { stdout, stderr } = await play('end');
  expect(stdout).toMatch(
    /^([\da-f-]{36}\n)+Status\(StatusCode="Cancelled", Detail="Call canceled by the client\."\)\n$/,
  );
  expect(stderr).toBe('');
});
