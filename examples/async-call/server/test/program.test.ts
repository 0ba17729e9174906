import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { Program, run, skip, soon } from 'testing';
import { afterAll, expect, test, vi } from 'vitest';
import { PhonePeer, told } from './phone-peer.ts';

vi.setConfig({ testTimeout: 30_000 });

/** What to stop in the end; tests that run at the same time cannot each have theirs. */
const stops: (() => unknown)[] = [];
afterAll(() => Promise.all(stops.map((stop) => stop())));

const cwd = join(import.meta.dirname, '..');
const command = (...args: string[]) => ['node', '--import', 'tsx', 'src/main.ts', ...args];

const SESSION = '0: https://link.to.audio.resources';

function start(...args: string[]): Program {
  const program = new Program(command(...args), { cwd });
  stops.push(() => program[Symbol.asyncDispose]());
  return program;
}

/** Starts the program on a free port, and gives the port too. */
async function startOnFreePort(...args: string[]): Promise<{ server: Program; port: string }> {
  const server = start('--port', '0', ...args);
  const [, port = ''] = await server.prints(/ listens on localhost:(\d+)\./);
  return { server, port };
}

function connect(port: string): PhonePeer {
  const peer = new PhonePeer(port);
  stops.push(() => peer.close());
  return peer;
}

/** What the program has printed after the line that says that it listens. */
const logOf = ({ stdout }: Program) => stdout.trimEnd().split('\n').slice(1);

test.concurrent('without arguments the program listens on port 8981, and says how to start a client', async (context) => {
  const server = start();
  await server.prints(/\n/).catch(() => {});
  if (server.stderr.includes('localhost:8981 is in use')) skip(context, 'another program has port 8981');
  expect(server.stdout).toBe(
    'call-server listens on localhost:8981. Start a client: pnpm --filter call-client start\n',
  );
  await connect('8981').dial('123', soon(10_000)).received(1);
});

test.concurrent('a call has the timing of the document, and the log its lines', async () => {
  const { server, port } = await startOnFreePort();
  const call = connect(port).dial('94771234567', soon(15_000));
  await server.prints(/Received a phone call request/);
  const start = performance.now();
  const at: number[] = [];
  for (let count = 1; count <= 4; count++) {
    await call.received(count);
    at.push(performance.now() - start);
  }
  expect(await call.status).toMatchObject({ code: status.OK });
  at.push(performance.now() - start);
  expect(told(call)).toEqual(['NEW', SESSION, 'ACTIVE', 'ENDED']);
  for (const [n, due] of [1_000, 2_000, 2_000, 3_000, 3_000].entries()) {
    expect(at[n]).toBeGreaterThan(due - 250);
    expect(at[n]).toBeLessThan(due + 900);
  }
  await server.prints(/Call session cleaned/);
  expect(logOf(server)).toEqual([
    'Received a phone call request for number [94771234567]',
    'Created a call session [0] media [https://link.to.audio.resources]',
    'Call finished [94771234567]',
    'Call session cleaned [0]',
  ]);
});

test.concurrent('--unanswered names the numbers that do not answer, one or several', async () => {
  const { port } = await startOnFreePort('--unanswered', '123', '+94771234567', '--unanswered', '456');
  const peer = connect(port);
  const calls = ['123', '+94771234567', '456', '94771234567'].map((number) => peer.dial(number, soon(15_000)));
  for (const call of calls) expect(await call.status).toMatchObject({ code: status.OK });
  expect(calls.map(told)).toEqual([...Array(3).fill(['NEW', 'ENDED']), ['NEW', SESSION, 'ACTIVE', 'ENDED']]);
});

test.concurrent('a port in use is told in one line that names --port, and the one who has it goes on', async () => {
  const { port } = await startOnFreePort();
  const { exit, stdout, stderr } = await run(command('--port', port), { cwd });
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' });
  expect(stderr).toContain(`localhost:${port} is in use; choose another port with --port`);
  await connect(port).dial('123', soon(10_000)).received(1);
});

test.concurrent.each([
  ['--port', 'abc'],
  ['--unanswered', 'abc'],
  ['--unanswered', ''],
  ['--frobnicate', ''],
])('wrong usage is told in one line, then the usage, and the exit code is 2: %s %s', async (option, value) => {
  const { exit, stdout, stderr } = await run(command(option, value), { cwd });
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
  const [line, empty, usage] = stderr.split('\n');
  expect(line).toContain(option);
  expect([empty, usage]).toEqual(['', 'Usage: call-server [options]']);
});

test.concurrent('--help shows every option and exits with 0', async () => {
  const { exit, stdout } = await run(command('--help'), { cwd });
  expect(exit).toBe(0);
  for (const option of ['--host', '--port', '--grace', '--tls-cert', '--tls-key', '--unanswered', '--help']) {
    expect(stdout).toContain(`${option} `);
  }
});

test.concurrent.each(['SIGINT', 'SIGTERM'] as const)(
  '%s tells the callers, cleans their sessions, and the exit code is 0',
  async (signal) => {
    const { server, port } = await startOnFreePort();
    const call = connect(port).dial('94771234567', soon(15_000));
    await call.received(3);
    server.signal(signal);
    expect(await call.status).toMatchObject({ code: status.UNAVAILABLE, details: 'server is shutting down' });
    expect(await server.ended).toBe(0);
    expect(logOf(server).slice(2)).toEqual([
      'call-server is shutting down',
      'Call finished [94771234567]',
      'Call session cleaned [0]',
    ]);
  },
);
