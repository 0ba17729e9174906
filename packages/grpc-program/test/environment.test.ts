import { expect, test } from 'vitest';
import { runProgram, startEchoServer, startProgram } from './programs.ts';

const SLOW = { timeout: 20_000 };

test('the options of a server come from the environment', SLOW, async () => {
  const { address } = await startEchoServer([], { GRPC_HOST: '127.0.0.1', GRPC_PORT: '0' });
  expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(address).not.toBe('127.0.0.1:50999');
});

test('arguments go before the environment', SLOW, async () => {
  const { address } = await startEchoServer(['--host', '127.0.0.1', '--port', '0'], {
    GRPC_HOST: 'no-such-host.invalid',
    GRPC_PORT: 'abc',
  });
  expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
});

test('the options of a client come from the environment', SLOW, async () => {
  const { address } = await startEchoServer();
  const client = startProgram('echo-client', ['hello'], { env: { GRPC_ADDRESS: address } });
  await client.prints(/^hello\n/);
});

test.for([
  ['echo-server', 'GRPC_PORT', 'abc', 'a whole number from 0 to 65535'],
  ['echo-server', 'GRPC_GRACE', '-1', 'a whole number from 0 to 3600'],
  ['echo-server', 'GRPC_LOG_LEVEL', 'loud', 'one of silent, error, warn, info, debug'],
  ['echo-client', 'GRPC_ADDRESS', 'nowhere', 'a host and a port, such as localhost:9090'],
] as const)('%s names %s when its value is wrong, exit 2', SLOW, async ([program, variable, value, wanted]) => {
  const { exit, stdout, stderr } = await runProgram(program, [], { env: { [variable]: value } });
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
  const [line] = stderr.split('\n');
  expect(line).toMatch(/^error: option /);
  expect(line).toContain(`value '${value}' from env '${variable}' is invalid. It must be ${wanted}.`);
});
