import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { unary } from 'grpc-streams';
import { expect, test } from 'vitest';
import { OperatorError } from '../src/operator-error.ts';
import { address, host } from '../src/value-parsers.ts';
import type { Words } from './echo-service.ts';
import { temporaryFiles } from './files.ts';
import { startEchoServer, typedIn } from './programs.ts';
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
  ['in a folder that does not exist', '/no-such-folder/echo.sock', ': its folder does not exist'],
  // Not even root makes a file there.
  ['where nobody may make one', '/proc/echo.sock', ' \\((EACCES|ENOENT|EPERM)\\)'],
] as const)('a socket %s is told in words', async ([, path, words]) => {
  const error = await serve(echo, { host: `unix:${path}` }).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(OperatorError);
  expect((error as Error).message).toMatch(new RegExp(`^cannot listen on ${path}${words}$`));
});

test.concurrent('a socket is where the command was typed, as under pnpm, and the ready line is quoted for a shell', async () => {
  const { path } = temporaryFiles();
  mkdirSync(join(path, "Ann's files"));
  const { program, address } = await startEchoServer(['--host', "unix:Ann's files/echo.sock"], typedIn(path));
  expect(address).toBe(`unix:${path}/Ann's files/echo.sock`);
  await program.prints(/Start a client: .*\n/);
  const [, typed = ''] = program.stdout.match(/Start a client: echo-client (--address .*)\n/) ?? [];
  expect(execFileSync('sh', ['-c', `printf '%s|' ${typed}`], { encoding: 'utf8' })).toBe(`--address|${address}|`);
  expect(await connect(address).say('hello')).toEqual({ text: 'hello' });
});

test.each([
  ['unix:', 'It must name a socket, such as unix:/run/chat.sock.'],
  [`unix:/${'x'.repeat(107)}`, 'The path of a socket has 107 bytes at most'],
])('%s is no socket', (text, words) => {
  expect(() => host(text)).toThrow(words);
  expect(() => address(text)).toThrow(words);
});
