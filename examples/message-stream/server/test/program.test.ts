import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { Program, run, skip, soon } from 'testing';
import { afterAll, expect, test, vi } from 'vitest';
import { MessagePeer, texts } from './message-peer.ts';

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

function connect(port: string): MessagePeer {
  const peer = new MessagePeer(port);
  stops.push(() => peer.close());
  return peer;
}

test.concurrent('without arguments the program listens on port 50051, and says how to start a client', async (context) => {
  const server = start();
  await server.prints(/\n/).catch(() => {});
  if (server.stderr.includes('localhost:50051 is in use')) skip(context, 'another program has port 50051');
  expect(server.stdout).toBe(
    'message-server listens on localhost:50051. Start a client: pnpm --filter message-client start\n',
  );
  await connect('50051').streamMessages(soon(10_000)).received(1);
});

test.concurrent('it sends at once and after a second, and logs every request on stdout', async () => {
  const { server, port } = await startOnFreePort();
  const conversation = connect(port).streamMessages(soon(20_000));
  conversation.send({ name: 'Hello, world!' }, { name: 'שלום' }, {});
  await conversation.received(2);
  conversation.call.end();
  expect(await conversation.status).toMatchObject({ code: status.OK });
  expect(texts(conversation)).toEqual(['Hello, world!', 'Hello, world!']);
  await server.prints(/Received request: \n/);
  expect(server.stdout.split('\n').slice(1)).toEqual([
    'Received request: Hello, world!',
    'Received request: שלום',
    'Received request: ',
    '',
  ]);
});

test.concurrent('a port in use is told in one line that names --port, and the one who has it goes on', async () => {
  const { port } = await startOnFreePort();
  const { exit, stdout, stderr } = await run(command('--port', port), { cwd });
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' });
  expect(stderr).toContain(`localhost:${port} is in use; choose another port with --port`);
  await connect(port).streamMessages(soon(10_000)).received(1);
});

test.concurrent.each([
  ['--port', 'abc'],
  ['--frobnicate', ''],
])('wrong usage is told in one line, then the usage, and the exit code is 2: %s %s', async (option, value) => {
  const { exit, stdout, stderr } = await run(command(option, value), { cwd });
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
  const [line, empty, usage] = stderr.split('\n');
  expect(line).toContain(option);
  expect([empty, usage]).toEqual(['', 'Usage: message-server [options]']);
});

test.concurrent('--help shows every option and exits with 0', async () => {
  const { exit, stdout } = await run(command('--help'), { cwd });
  expect(exit).toBe(0);
  for (const option of ['--host', '--port', '--grace', '--tls-cert', '--tls-key', '--tls-client-ca', '--help']) {
    expect(stdout).toContain(`${option} `);
  }
});

test.concurrent.each(['SIGINT', 'SIGTERM'] as const)(
  '%s tells the open streams, and the exit code is 0',
  async (signal) => {
    const { server, port } = await startOnFreePort();
    const conversation = connect(port).streamMessages(soon(20_000));
    await conversation.received(1);
    server.signal(signal);
    expect(await conversation.status).toMatchObject({ code: status.UNAVAILABLE, details: 'server is shutting down' });
    expect(await server.ended).toBe(0);
  },
);
