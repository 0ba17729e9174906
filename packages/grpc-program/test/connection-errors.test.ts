import { once } from 'node:events';
import { createServer as createWebServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { run, stopLater, temporaryFolder } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { connectionError } from '../src/client/connection-errors.ts';
import { fixture } from './programs.ts';

/** The line of a client, whose server starts by `pnpm start` and listens on localhost:9090 then. */
async function lineOf(address: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { exit, stdout, stderr } = await run(fixture('saying-client', '--address', address, 'hello'), { env });
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' });
  return stderr;
}

/** The address of what listens there until the tests are over. */
async function listening(server: Server): Promise<string> {
  stopLater(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const socket = () => join(temporaryFolder(), "Ann's echo.sock");

test.concurrent('where no server is, the line names the address and the command that starts one there', async () => {
  expect(await lineOf('127.0.0.1:1')).toBe(
    'Error: UNAVAILABLE: no server at 127.0.0.1:1; start one: pnpm start --port 1\n',
  );
  const path = socket();
  expect(await lineOf(`unix:${path}`)).toBe(
    `Error: UNAVAILABLE: no server at unix:${path}; start one: pnpm start --host 'unix:${path.replace("'", "'\\''")}'\n`,
  );
});

test.concurrent('a socket that a killed server left is no server', async () => {
  const path = socket();
  const code = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  await run([process.execPath, '-e', code, path]);
  expect(await lineOf(`unix:${path}`)).toContain(`Error: UNAVAILABLE: no server at unix:${path}; start one: `);
});

test.concurrent('a host without an address is named', async () => {
  expect(await lineOf('no-such-host.invalid:9090')).toBe(
    'Error: UNAVAILABLE: cannot find the host of no-such-host.invalid:9090\n',
  );
});

test.concurrent('what listens there and speaks something else is no gRPC server', async () => {
  const address = await listening(createWebServer((_, response) => response.end('hello')));
  expect(await lineOf(address)).toBe(`Error: UNAVAILABLE: what listens at ${address} is not a gRPC server\n`);
});

test.concurrent('who hangs up at once may want something else', async () => {
  const hangsUp = createServer((socket) => socket.on('error', () => {}).destroy());
  expect(await lineOf(await listening(hangsUp))).toMatch(/^Error: UNAVAILABLE: the server hung up; it may .+\n$/);
});

test.concurrent('grpc-js adds no line of its own, but for who asks by its variables', async () => {
  const noProxy = { grpc_proxy: 'http://127.0.0.1:1' };
  const address = 'echo.invalid:9090';
  expect(await lineOf(address, noProxy)).toMatch(/^Error: UNAVAILABLE: no connection to echo\.invalid:9090.*\n$/);
  const asked = await lineOf(address, { ...noProxy, GRPC_VERBOSITY: 'ERROR' });
  expect(asked).toMatch(/^E Failed to connect to proxy .*\nError: UNAVAILABLE: .*\n$/);
  const traced = await lineOf(address, { ...noProxy, GRPC_NODE_VERBOSITY: 'DEBUG', GRPC_NODE_TRACE: 'proxy' });
  expect(traced).toMatch(/^D .* \| proxy \| /m);
});

const AT = 'echo.example:9090';
const lastError = (error: string) => `No connection established. Last error: ${error}. Resolution note: `;

// What cannot be made on one machine.
test.each([
  ['Error: connect ECONNREFUSED 192.0.2.1:9090', `no server at ${AT}`],
  ['Error: connect ETIMEDOUT 192.0.2.1:9090', `${AT} does not answer (ETIMEDOUT)`],
  ['Error: connect EHOSTUNREACH 192.0.2.1:9090', `cannot reach ${AT} (EHOSTUNREACH)`],
  ['Error: connect ENETUNREACH 2001:db8::1:9090 - Local (:::0)', `cannot reach ${AT} (ENETUNREACH)`],
  ['Error: connect EACCES /run/echo.sock', `no permission to connect to ${AT}`],
  ['Error: something new (2026-11-25T23:48:56.337Z)', `no connection to ${AT}: something new`],
])('a call without a connection: %s', (error, words) => {
  expect(
    connectionError(lastError(error), { address: AT, server: { start: 'pnpm start', address: 'localhost:9090' } }),
  ).toBe(words);
});

test.each([
  ['Connection dropped', `the connection to ${AT} broke`],
  ['read ECONNRESET', `the connection to ${AT} broke: read ECONNRESET`],
  ['server is shutting down', undefined],
])('a call that loses its connection, or its server: %s', (details, words) => {
  expect(connectionError(details, { address: AT })).toBe(words);
});

test('a server with the default address is started by its command alone', () => {
  const server = { start: 'pnpm start', address: 'localhost:9090' };
  const words = (address: string) =>
    connectionError(lastError('Error: connect ECONNREFUSED 127.0.0.1:9090'), { address, server });
  expect(words('localhost:9090')).toBe('no server at localhost:9090; start one: pnpm start');
  expect(words('[::1]:9090')).toBe('no server at [::1]:9090; start one: pnpm start --port 9090');
});
