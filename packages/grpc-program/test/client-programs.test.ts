import { Program, run, skip } from 'testing';
import { expect, onTestFinished, test } from 'vitest';

const fixture = (name: string, ...args: string[]) => ['node', '--import', 'tsx', `test/fixtures/${name}.ts`, ...args];
const SLOW = { timeout: 20_000 };

function start(name: string, ...args: string[]): Program {
  const program = new Program(fixture(name, ...args));
  onTestFinished(() => program[Symbol.asyncDispose]());
  return program;
}

async function startServer(...args: string[]) {
  const server = start('echo-server', '--port', '0', ...args);
  const [, address = ''] = await server.prints(/ listens on (\S+)\. /);
  return { server, address };
}

test('the address of the ready line is one that a client reaches, by IPv6 too', SLOW, async (context) => {
  const { address } = await startServer('--host', '::1').catch(() => skip(context, 'this machine has no IPv6'));
  const client = start('echo-client', '--address', address, 'hello');
  await client.prints(/^hello\n/);
});

test.for(['echo-server', 'echo-client'])('%s --help goes to stdout, exit 0', SLOW, async (name) => {
  const { exit, stdout, stderr } = await run(fixture(name, '--help'));
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  expect(stdout).toMatch(new RegExp(`^Usage: ${name} `));
});

test.for([
  [['--colour'], "error: unknown option '--colour'"],
  [
    ['--address', 'localhost'],
    "error: option '--address <host:port>' argument 'localhost' is invalid. It must be a host and a port, such as localhost:9090.",
  ],
  [['--address'], "error: option '--address <host:port>' argument missing"],
] as const)('wrong usage of a client is told in one line, then the usage: %j', SLOW, async ([args, message]) => {
  const { exit, stdout, stderr } = await run(fixture('echo-client', ...args));
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
  expect(stderr).toMatch(/^error: .+\n\nUsage: echo-client /);
  expect(stderr.split('\n')[0]).toBe(message);
  expect(stderr).not.toMatch(/^ +at /m);
});

test('a server that is not there is told in one line by the client, exit 1', SLOW, async () => {
  const { exit, stdout, stderr } = await run(fixture('echo-client', '--address', '127.0.0.1:1', 'hello'));
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' });
  expect(stderr).toMatch(/^Error: UNAVAILABLE: .+\n$/);
});

test.for(['SIGINT', 'SIGTERM'] as const)('a client ends its call in order at %s, exit 0', SLOW, async (signal) => {
  const { address } = await startServer();
  const client = start('echo-client', '--address', address, 'hello');
  await client.prints(/hello\n/);
  client.signal(signal);
  expect(await client.ended).toBe(0);
  expect(client.stdout).toBe('hello\nthe call has ended\n');
  expect(client.stderr).toBe('');
});

test('a client whose server does not end the call gives up with a line, exit 1', SLOW, async () => {
  const { address } = await startServer();
  const client = start('echo-client', '--address', address, 'stay');
  await client.prints(/stay\n/);
  client.signal('SIGINT');
  expect(await client.ended).toBe(1);
  expect(client.stderr).toBe('Error: the server did not end the call within 5 s\n');
});

test('a client whose output is closed early ends without a word', SLOW, async () => {
  const { address } = await startServer();
  const client = fixture('echo-client', '--address', address, 'flood').join(' ');
  const { exit, stdout, stderr } = await run(['bash', '-c', `${client} | head -1; exit \${PIPESTATUS[0]}`]);
  expect({ exit, stdout, stderr }).toEqual({ exit: 0, stdout: 'flood\n', stderr: '' });
});

test('a server whose handler ignores its signal exits after the grace period', SLOW, async () => {
  const { server, address } = await startServer('--grace', '0');
  const client = start('echo-client', '--address', address, 'stay');
  await client.prints(/stay\n/);
  server.signal('SIGTERM');
  expect(await client.ended).toBe(1);
  expect(client.stderr).toBe('Error: UNAVAILABLE: server is shutting down\n');
  expect(await server.ended).toBe(0);
});
