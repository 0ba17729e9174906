import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { Program, run, skip } from 'testing';
import { afterAll, expect, test, vi } from 'vitest';
import { CalcPeer } from './calc-peer.ts';

vi.setConfig({ testTimeout: 30_000 });

/** What to stop in the end; tests that run at the same time cannot each have theirs. */
const stops: (() => unknown)[] = [];
afterAll(() => Promise.all(stops.map((stop) => stop())));

const cwd = join(import.meta.dirname, '..');
const command = (...args: string[]) => ['node', '--import', 'tsx', 'src/main.ts', ...args];

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

function connect(port: string): CalcPeer {
  const peer = new CalcPeer(port);
  stops.push(() => peer.close());
  return peer;
}

test.concurrent('without arguments the program listens on port 9091, and says how to start a client', async (context) => {
  const server = start();
  await server.prints(/\n/).catch(() => {});
  if (server.stderr.includes('localhost:9091 is in use')) skip(context, 'another program has port 9091');
  expect(server.stdout).toBe(
    'calc-server listens on localhost:9091. Start a client: pnpm --filter calc-client start\n',
  );
  expect(await connect('9091').sum(['1', '2'])).toBe('3');
});

test.concurrent('port 0 is any free port: the ready line names it, also for the client, and calls are answered there', async () => {
  const { server, port } = await startOnFreePort();
  expect(server.stdout).toBe(
    `calc-server listens on localhost:${port}. Start a client: pnpm --filter calc-client start --address localhost:${port}\n`,
  );
  expect(await connect(port).sum(['1', '2'])).toBe('3');
});

test.concurrent('a port in use is told in one line that names --port, and the one who has it goes on', async () => {
  const { port } = await startOnFreePort();
  const { exit, stdout, stderr } = await run(command('--port', port), { cwd });
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' });
  expect(stderr).toBe(`Error: localhost:${port} is in use; choose another port with --port\n`);
  expect(await connect(port).sum(['1', '2'])).toBe('3');
});

test.concurrent.each([
  ['--port', 'abc'],
  ['--frobnicate', ''],
])('wrong usage is told in one line, then the usage, and the exit code is 2: %s %s', async (option, value) => {
  const { exit, stdout, stderr } = await run(command(option, value), { cwd });
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
  const [line, empty, usage] = stderr.split('\n');
  expect(line).toContain(option);
  expect([empty, usage]).toEqual(['', 'Usage: calc-server [options]']);
});

test.concurrent.each(['SIGINT', 'SIGTERM'] as const)(
  '%s tells the open calls, and the program exits with 0',
  async (signal) => {
    const { server, port } = await startOnFreePort();
    const peer = connect(port);
    const conversation = peer.incrementalSum();
    conversation.send({ value: '1' });
    await conversation.received(1);
    const { status: sumEnded, sum } = peer.startSum(['1', '2']);
    await peer.sum([]); // the one above has begun by now

    server.signal(signal);
    const told = { code: status.UNAVAILABLE, details: 'server is shutting down' };
    expect(await conversation.status).toMatchObject(told);
    expect(await sumEnded).toMatchObject(told);
    expect(await sum).toBeUndefined();
    expect(await server.ended).toBe(0);
  },
);
