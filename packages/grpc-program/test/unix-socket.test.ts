import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { unary } from 'grpc-streams';
import { expect, test } from 'vitest';
import { OperatorError } from '../src/operator-error.ts';
import type { Words } from './echo-service.ts';
import { temporaryFiles } from './files.ts';
import { startEchoServer } from './programs.ts';
import { connect, serve } from './start.ts';

const echo = { say: unary<Words, Words>((words) => words) };

const newSocket = () => join(temporaryFiles().path, 'echo.sock');

test.concurrent('a server listens on a Unix socket, which is gone when it has stopped', async () => {
  const path = newSocket();
  const server = await serve(echo, { host: `unix:${path}` });
  expect(server.port).toBe(0);
  expect(await connect(`unix:${path}`).say('hello')).toEqual({ text: 'hello' });
  await server.stop();
  expect(existsSync(path)).toBe(false);
});

test.concurrent('a socket in use is told in words, and stays with its server', async () => {
  const path = newSocket();
  await serve(echo, { host: `unix:${path}` });
  const second = serve(echo, { host: `unix:${path}` });
  await expect(second).rejects.toThrow(
    new OperatorError(`${path} is in use; choose another socket with --host unix:/path`),
  );
  expect(await connect(`unix:${path}`).say('hello')).toEqual({ text: 'hello' });
});

test.concurrent('the ready line names the socket as a client takes it; one that a killed server left is taken over', async () => {
  const path = newSocket();
  const { program, address } = await startEchoServer(['--host', `unix:${path}`]);
  await program.prints(/\n/);
  expect(program.stdout).toContain(`Start a client: echo-client --address ${address}\n`);
  expect(await connect(address).say('hello')).toEqual({ text: 'hello' });
  program.signal('SIGKILL');
  await program.ended;
  expect(existsSync(path)).toBe(true);
  await serve(echo, { host: `unix:${path}` });
  expect(await connect(`unix:${path}`).say('hello')).toEqual({ text: 'hello' });
});

test.concurrent('a file that is no socket is left as it is', async () => {
  const path = temporaryFiles().file('notes.txt', 'to keep');
  await expect(serve(echo, { host: `unix:${path}` })).rejects.toThrow(`${path} is in use`);
  expect(existsSync(path)).toBe(true);
});

test.concurrent.for([
  ['in a folder that does not exist', '/no-such-folder/echo.sock', 'EACCES|ENOENT'],
  // Not even root makes a file there.
  ['where nobody may make one', '/proc/echo.sock', 'EACCES|ENOENT|EPERM'],
] as const)('a socket %s is told in words', async ([, path, code]) => {
  const error = await serve(echo, { host: `unix:${path}` }).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(OperatorError);
  expect((error as Error).message).toMatch(new RegExp(`^cannot listen on ${path} \\((${code})\\)$`));
});
