import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { type Conversation, Program, run, skip, soon } from 'testing';
import { afterAll, expect, test, vi } from 'vitest';
import { ChatPeer, type Reply, type Said, texts } from './chat-peer.ts';

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

function connect(port: string): ChatPeer {
  const peer = new ChatPeer(port);
  stops.push(() => peer.close());
  return peer;
}

test.concurrent('without arguments the program listens on port 9090, and says how to start a client', async (context) => {
  const server = start();
  await server.prints(/\n/).catch(() => {});
  if (server.stderr.includes('localhost:9090 is in use')) skip(context, 'another program has port 9090');
  expect(server).toMatchObject({
    stdout: 'chat-server listens on localhost:9090. Start a client: pnpm --filter chat-client start\n',
    stderr: '',
  });
  expect(await connect('9090').say({ name: 'Ann', message: 'Hi' })).toEqual(['Ann: Hi']);
});

test.concurrent('port 0 is any free port: the ready line names it, also for the client, and calls are answered there', async () => {
  const { server, port } = await startOnFreePort();
  expect(server.stdout).toBe(
    `chat-server listens on localhost:${port}. Start a client: pnpm --filter chat-client start --address localhost:${port}\n`,
  );
  expect(Number(port)).toBeGreaterThan(0);
  expect(await connect(port).say({ name: 'Ann', message: 'Hi' })).toEqual(['Ann: Hi']);
});

test.concurrent('a port in use is told in one line that names --port, and the one who has it goes on', async () => {
  const { port } = await startOnFreePort();
  expect(await run(command('--port', port), { cwd })).toEqual({
    exit: 1,
    stdout: '',
    stderr: `Error: localhost:${port} is in use; choose another port with --port\n`,
  });
  expect(await connect(port).say({ name: 'Ann', message: 'Hi' })).toEqual(['Ann: Hi']);
});

test.concurrent.each([
  ['--port', 'abc'],
  ['--port', ''],
  ['--frobnicate', ''],
])('wrong usage is told in one line, then the usage, and the exit code is 2: %s %s', async (option, value) => {
  const { exit, stdout, stderr } = await run(command(option, value), { cwd });
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
  const [line, empty, usage] = stderr.split('\n');
  expect(line).toContain(option);
  expect([empty, usage]).toEqual(['', 'Usage: chat-server [options]']);
});

test.concurrent('--help shows every option and exits with 0', async () => {
  const { exit, stdout, stderr } = await run(command('--help'), { cwd });
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  for (const option of [
    '--host',
    '--port',
    '--grace',
    '--tls-cert',
    '--tls-key',
    '--tls-client-ca',
    '--room',
    '--help',
  ]) {
    expect(stdout).toContain(`${option} `);
  }
});

test.concurrent('SIGINT and SIGTERM tell the open streams and exit with 0', async () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const { server, port } = await startOnFreePort('--log-level', 'warn');
    const conversation = connect(port).chat();
    conversation.send({ name: 'Ann', message: 'Hi' });
    await conversation.received(1);
    server.signal(signal);
    expect(await conversation.status).toMatchObject({ code: status.UNAVAILABLE, details: 'server is shutting down' });
    expect(await server.ended).toBe(0);
    expect(server.stderr).toBe('');
  }
});

/** A caller who sends and does not read, until the server waits for it: then the messages of it make no way. */
async function startStalled(port: string): Promise<Conversation<Said, Reply>> {
  const stalled = connect(port).chat(soon(10_000));
  stalled.call.pause();
  let sent = 0;
  const send = () =>
    stalled.call.write({ name: 'Slow', message: 'x'.repeat(64 * 1024) }, () => ++sent < 1_000 && send());
  send();
  const neighbour = connect(port);
  for (let last = -1; last !== sent || sent === 0; ) {
    last = sent;
    for (let n = 0; n < 20; n++) await neighbour.say({ name: 'Ann', message: 'Hi' });
  }
  return stalled;
}

test.concurrent('one Ctrl-C that arrives twice, as under pnpm, is one: open streams still get their status', async () => {
  const { server, port } = await startOnFreePort('--log-level', 'warn');
  // It keeps the server there for the second signal.
  const stalled = await startStalled(port);
  const conversation = connect(port).chat();
  conversation.send({ name: 'Ann', message: 'Hi' });
  await conversation.received(1);

  server.signal('SIGINT');
  await server.prints(/chat-server is shutting down\n/);
  server.signal('SIGINT');
  stalled.call.resume();
  const told = { code: status.UNAVAILABLE, details: 'server is shutting down' };
  expect(await conversation.status).toMatchObject(told);
  expect(await stalled.status).toMatchObject(told);
  expect(await server.ended).toBe(0);
  expect(server.stdout.match(/is shutting down/g)).toHaveLength(1);
  expect(server.stderr).toBe('');
});

test.concurrent('--room is a room: callers hear each other; without it they do not', async () => {
  for (const room of [true, false]) {
    const { port } = await startOnFreePort(...(room ? ['--room'] : []));
    const [ann, sam] = [connect(port).chat(), connect(port).chat()];
    ann.send({ name: 'Ann', message: 'Hi' });
    await ann.received(1);
    sam.send({ name: 'Sam', message: 'Hey' });
    await sam.received(1);
    sam.call.end();
    await sam.status;
    if (room) await ann.received(3);
    ann.send({ name: 'Ann', message: 'Bye' });
    ann.call.end();
    await ann.status;
    const heard = room ? ['Ann: Hi', 'Sam: Hey', 'Sam left the chat', 'Ann: Bye'] : ['Ann: Hi', 'Ann: Bye'];
    expect(texts(ann)).toEqual(heard);
  }
});
