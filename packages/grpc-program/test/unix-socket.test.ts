import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { unary } from 'grpc-streams';
import { expect, test } from 'vitest';
import type { Words } from './echo-service.ts';
import { temporaryFolder } from './files.ts';
import { runProgram, startEchoServer, startProgram } from './programs.ts';
import { connect, serve } from './start.ts';

const SLOW = { timeout: 20_000 };
const echo = { say: unary<Words, Words>((words) => words) };

const newSocket = () => join(temporaryFolder().path, 'echo.sock');

test('a server listens on a Unix socket, which is gone when it has stopped', async () => {
  const path = newSocket();
  const server = await serve(echo, { host: `unix:${path}` });
  expect(server.port).toBe(0);
  expect(await connect(`unix:${path}`).say('hello')).toEqual({ text: 'hello' });
  await server.stop();
  expect(existsSync(path)).toBe(false);
});

test('the ready line names the socket as a client takes it', SLOW, async () => {
  const { program, address } = await startEchoServer(['--host', `unix:${newSocket()}`]);
  expect(program.stdout).toContain(`Start a client: echo-client --address ${address}\n`);
  await startProgram('echo-client', ['--address', address, 'hello']).prints(/^hello\n/);
});

test('a socket in use is told in one line, exit 1, and stays with its server', SLOW, async () => {
  const path = newSocket();
  await serve(echo, { host: `unix:${path}` });
  expect(await runProgram('echo-server', ['--host', `unix:${path}`])).toEqual({
    exit: 1,
    stdout: '',
    stderr: `Error: ${path} is in use; choose another socket with --host unix:/path\n`,
  });
  expect(await connect(`unix:${path}`).say('hello')).toEqual({ text: 'hello' });
});

test('the socket that a killed server left is taken over', SLOW, async () => {
  const path = newSocket();
  const { program } = await startEchoServer(['--host', `unix:${path}`]);
  program.signal('SIGKILL');
  await program.ended;
  expect(existsSync(path)).toBe(true);
  await serve(echo, { host: `unix:${path}` });
  expect(await connect(`unix:${path}`).say('hello')).toEqual({ text: 'hello' });
});

test('a file that is no socket is left as it is', async () => {
  const path = temporaryFolder().file('notes.txt', 'to keep');
  await expect(serve(echo, { host: `unix:${path}` })).rejects.toThrow(`${path} is in use`);
  expect(existsSync(path)).toBe(true);
});

test.for([
  ['in a folder that does not exist', '/no-such-folder/echo.sock', 'EACCES|ENOENT'],
  // Not even root makes a file there.
  ['where nobody may make one', '/proc/echo.sock', 'EACCES|ENOENT|EPERM'],
] as const)('a socket %s is told in one line, exit 1', SLOW, async ([, path, code]) => {
  const { exit, stdout, stderr } = await runProgram('echo-server', ['--host', `unix:${path}`]);
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' });
  expect(stderr).toMatch(new RegExp(`^Error: cannot listen on ${path} \\((${code})\\)\\n$`));
});
