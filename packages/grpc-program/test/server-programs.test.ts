import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Program, run } from 'testing';
import { expect, onTestFinished, test } from 'vitest';
import { connect } from './start.ts';

const server = (...args: string[]) => ['node', '--import', 'tsx', 'test/fixtures/echo-server.ts', ...args];
const SLOW = { timeout: 20_000 };

test('the ready line names the port that --port 0 found, and the command of a client for it', SLOW, async () => {
  const program = new Program(server('--port', '0'));
  onTestFinished(() => program[Symbol.asyncDispose]());
  const [line, port] = await program.prints(/^echo-server listens on localhost:(\d+)\. .*\n/);
  expect(Number(port)).toBeGreaterThan(0);
  expect(line).toBe(
    `echo-server listens on localhost:${port}. Start a client: echo-client --address localhost:${port}\n`,
  );
});

test('a port in use is told in one line that names --port, exit 1', SLOW, async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const stderr = `Error: 127.0.0.1:${port} is in use; choose another port with --port\n`;
  expect(await run(server('--host', '127.0.0.1', '--port', `${port}`))).toEqual({ exit: 1, stdout: '', stderr });
});

test.for([
  [['--port', 'abc'], /^error: option '--port <port>' argument 'abc' is invalid\./],
  [['--port', '65536'], /^error: option '--port <port>' argument '65536' is invalid\./],
  [['--colour'], /^error: unknown option '--colour'/],
  [['now'], /^error: too many arguments/],
] as const)(
  'wrong usage of a server is told in one line, then the usage, exit 2: %j',
  SLOW,
  async ([args, message]) => {
    const { exit, stdout, stderr } = await run(server(...args));
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^error: .+\n\nUsage: echo-server /);
    expect(stderr).not.toMatch(/^ +at /m);
  },
);

test('a server whose output nobody reads any more goes on', SLOW, async () => {
  const shell = 'exec 3>&1; node --import tsx test/fixtures/echo-server.ts --port 0 | { head -1 >&3; }';
  const program = new Program(['bash', '-c', shell]);
  onTestFinished(() => program[Symbol.asyncDispose]());
  const [, port = ''] = await program.prints(/ listens on localhost:(\d+)\./);
  const talk = connect(`localhost:${port}`);
  expect(await talk.say('hello')).toEqual({ text: 'hello' });
  program.signal('SIGINT'); // it says that it is shutting down, to nobody
  expect(await program.ended).toBe(0);
  expect(program.stderr).not.toContain('EPIPE');
});
