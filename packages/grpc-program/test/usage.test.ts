import { afterEach, expect, test, vi } from 'vitest';
import { clientCommand } from '../src/client/index.ts';
import { exitCodeOf } from '../src/command-line.ts';
import { serverCommand } from '../src/server/index.ts';
import { runProgram } from './programs.ts';

afterEach(() => void vi.unstubAllEnvs());

const COMMANDS = {
  'echo-server': () => serverCommand('echo-server', { port: 9090, description: 'Says again what it hears.' }),
  'echo-client': () =>
    clientCommand('echo-client', { address: 'localhost:9090', description: 'Prints what comes back.' }),
};

/** What a program prints and exits with, for arguments or variables that are wrong. */
function refusal(name: keyof typeof COMMANDS, args: readonly string[]) {
  let stderr = '';
  const command = COMMANDS[name]().configureOutput({ writeErr: (text) => (stderr += text) });
  try {
    command.parse(args, { from: 'user' });
  } catch (error) {
    return { stderr, exit: exitCodeOf(error) };
  }
  throw new Error('it was not refused');
}

test.each([
  [
    'echo-server',
    ['--port', 'abc'],
    "option '--port <port>' argument 'abc' is invalid. It must be a whole number from 0 to 65535.",
  ],
  [
    'echo-server',
    ['--port', '65536'],
    "option '--port <port>' argument '65536' is invalid. It must be a whole number from 0 to 65535.",
  ],
  ['echo-server', ['--jwt-secret', ''], "option '--jwt-secret <file>' argument '' is invalid. It must not be empty."],
  [
    'echo-server',
    ['--tls-client-ca='],
    "option '--tls-client-ca <file>' argument '' is invalid. It must not be empty.",
  ],
  [
    'echo-server',
    ['--jwt-keys', 'https://:'],
    "option '--jwt-keys <file|url>' argument 'https://:' is invalid. It must be a file, or a URL.",
  ],
  [
    'echo-server',
    ['--jwt-secret', 'a', '--jwt-keys', 'b'],
    "option '--jwt-secret <file>' cannot be used with option '--jwt-keys <file|url>'",
  ],
  ['echo-client', ['--token', ''], "option '--token <file>' argument '' is invalid. It must not be empty."],
  ['echo-server', ['--colour'], "unknown option '--colour'"],
  ['echo-server', ['now'], 'too many arguments. Expected 0 arguments but got 1.'],
  ['echo-client', ['--colour'], "unknown option '--colour'"],
  [
    'echo-client',
    ['--address', 'localhost'],
    "option '--address <host:port>' argument 'localhost' is invalid. It must be a host and a port, such as localhost:9090.",
  ],
  [
    'echo-client',
    ['--address', 'localhost:65536'],
    "option '--address <host:port>' argument 'localhost:65536' is invalid. It must be a host and a port, such as localhost:9090.",
  ],
  ['echo-client', ['--address'], "option '--address <host:port>' argument missing"],
  [
    'echo-client',
    ['--trace=soon'],
    "option '--trace[=ms]' argument 'soon' is invalid. It must be a whole number from 0 to 60000.",
  ],
] as const)('wrong usage of %s is told in one line, then the usage, exit 2: %j', (name, args, message) => {
  const { stderr, exit } = refusal(name, args);
  // The whole help would push the error out of sight.
  const usage = expect.stringMatching(new RegExp(`^Usage: ${name} `));
  expect(stderr.split('\n')).toEqual([`error: ${message}`, '', usage, 'For the options, see --help.', '']);
  expect(exit).toBe(2);
});

test.each([
  ['echo-server', 'GRPC_PORT', 'abc', 'a whole number from 0 to 65535'],
  ['echo-server', 'GRPC_GRACE', '-1', 'a whole number from 0 to 3600'],
  ['echo-server', 'GRPC_LOG_LEVEL', 'loud', 'one of silent, error, warn, info, debug'],
  ['echo-client', 'GRPC_ADDRESS', 'nowhere', 'a host and a port, such as localhost:9090'],
] as const)('%s names %s when its value is wrong, exit 2', (name, variable, value, wanted) => {
  vi.stubEnv(variable, value);
  const { stderr, exit } = refusal(name, []);
  const [line] = stderr.split('\n');
  expect(line).toMatch(/^error: option /);
  expect(line).toContain(`value '${value}' from env '${variable}' is invalid. It must be ${wanted}.`);
  expect(exit).toBe(2);
});

test.each([
  ['GRPC_REFLECTION', 'true', true],
  ['GRPC_REFLECTION', '1', true],
  ['GRPC_REFLECTION', 'Yes', true],
  ['GRPC_REFLECTION', 'false', false],
  ['GRPC_REFLECTION', '0', false],
  ['GRPC_REFLECTION', 'no', false],
  ['GRPC_REFLECTION', '', undefined],
  ['GRPC_NO_REFLECTION', 'true', false],
  ['GRPC_NO_REFLECTION', 'false', undefined],
  ['GRPC_NO_REFLECTION', '', undefined],
])('%s=%s says of reflection: %s', (variable, value, reflection) => {
  vi.stubEnv('GRPC_NO_REFLECTION', undefined); // set by the one that is off, and put back after the test
  vi.stubEnv(variable, value);
  expect(COMMANDS['echo-server']().parse([], { from: 'user' }).opts().reflection).toBe(reflection);
});

test.concurrent('a flag from the environment that is neither true nor false is wrong usage', async () => {
  const stderr = 'Error: GRPC_REFLECTION must be true or false, and is maybe\n';
  const env = { GRPC_REFLECTION: 'maybe' };
  expect(await runProgram('echo-server', [], { env })).toEqual({ exit: 2, stdout: '', stderr });
});

test.each(['--reflection', '--no-reflection'])('a flag that is an argument goes before any variable: %s', (flag) => {
  for (const variable of ['GRPC_REFLECTION', 'GRPC_NO_REFLECTION']) {
    for (const text of ['maybe', 'true', 'false']) {
      vi.stubEnv('GRPC_REFLECTION', undefined);
      vi.stubEnv('GRPC_NO_REFLECTION', undefined);
      vi.stubEnv(variable, text);
      const { reflection } = COMMANDS['echo-server']().parse([flag], { from: 'user' }).opts();
      expect(reflection, `${variable}=${text}`).toBe(flag === '--reflection');
    }
  }
});

test.each([
  [['--trace'], true, []],
  [['--trace', '7'], true, ['7']],
  [['7', '--trace', '-3'], true, ['7', '-3']],
  [['--trace=500', '7'], 500, ['7']],
  [['--', '--trace'], undefined, ['--trace']],
] as const)('--trace takes milliseconds after a = alone: %j', (args, trace, numbers) => {
  const command = COMMANDS['echo-client']()
    .argument('[numbers...]')
    .action(() => {});
  command.parse(args, { from: 'user' });
  expect({ trace: command.opts().trace, numbers: command.args }).toEqual({ trace, numbers });
});

test('an empty variable is none', () => {
  vi.stubEnv('GRPC_PORT', '');
  expect(COMMANDS['echo-server']().parse([], { from: 'user' }).opts().port).toBe(9090);
});

test('the options come from the environment, and arguments go before it', () => {
  vi.stubEnv('GRPC_HOST', '127.0.0.1');
  vi.stubEnv('GRPC_PORT', '7');
  vi.stubEnv('GRPC_ADDRESS', 'far:7');
  expect(COMMANDS['echo-server']().parse([], { from: 'user' }).opts()).toMatchObject({ host: '127.0.0.1', port: 7 });
  expect(COMMANDS['echo-client']().parse([], { from: 'user' }).opts()).toMatchObject({ address: 'far:7' });
  vi.stubEnv('GRPC_PORT', 'abc');
  const args = ['--host', '::1', '--port', '0'];
  expect(COMMANDS['echo-server']().parse(args, { from: 'user' }).opts()).toMatchObject({ host: '::1', port: 0 });
});

test.concurrent.each(['echo-server', 'echo-client'])('%s exits with 2, and prints no stack', async (name) => {
  const env = { GRPC_PORT: 'abc', GRPC_ADDRESS: 'localhost' };
  const { exit, stdout, stderr } = await runProgram(name, [], { env });
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
  expect(stderr).toMatch(new RegExp(`^error: .+\n\nUsage: ${name} `));
  expect(stderr).not.toMatch(/^ +at /m);
});
