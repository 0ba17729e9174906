import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { Program, run, skip, until } from 'testing';
import { afterAll, expect, test, vi } from 'vitest';
import { cancel, DataHubPeer, ingested, sent } from './datahub-peer.ts';

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

function connect(port: string): DataHubPeer {
  const peer = new DataHubPeer(port);
  stops.push(() => peer.close());
  return peer;
}

/** A server that is there takes a package in. */
async function answers(port: string): Promise<boolean> {
  const { isSuccess = false } = await connect(port).send({ ...sent(), tagValue: ['A01'] });
  return isSuccess;
}

test.concurrent('without arguments the program listens on port 5001, and says how to start a client', async (context) => {
  const server = start();
  await server.prints(/\n/).catch(() => {});
  if (server.stderr.includes('localhost:5001 is in use')) skip(context, 'another program has port 5001');
  expect(server).toMatchObject({
    stdout: 'datahub-server listens on localhost:5001. Start a client: pnpm --filter datahub-client start\n',
  });
  expect(await answers('5001')).toBe(true);
});

test.concurrent('port 0 is any free port: the ready line names it, also for the client, and calls are answered there', async () => {
  const { server, port } = await startOnFreePort();
  expect(server.stdout).toBe(
    `datahub-server listens on localhost:${port}. Start a client: pnpm --filter datahub-client start --address localhost:${port}\n`,
  );
  expect(Number(port)).toBeGreaterThan(0);
  expect(await answers(port)).toBe(true);
});

test.concurrent('a port in use is told in one line that names --port, and the one who has it goes on', async () => {
  const { port } = await startOnFreePort();
  expect(await run(command('--port', port), { cwd })).toEqual({
    exit: 1,
    stdout: '',
    stderr: expect.stringContaining(`Error: localhost:${port} is in use; choose another port with --port\n`),
  });
  expect(await answers(port)).toBe(true);
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
  expect([empty, usage]).toEqual(['', 'Usage: datahub-server [options]']);
});

test.concurrent('--help shows every option and exits with 0', async () => {
  const { exit, stdout, stderr } = await run(command('--help'), { cwd });
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  for (const option of ['--host', '--port', '--grace', '--tls-cert', '--tls-key', '--tls-client-ca', '--help']) {
    expect(stdout).toContain(`${option} `);
  }
});

test.concurrent('SIGINT and SIGTERM tell the subscribers and exit with 0', async () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const { server, port } = await startOnFreePort();
    const subscriber = await connect(port).subscribed();
    server.signal(signal);
    expect(await subscriber.status).toMatchObject({ code: status.UNAVAILABLE, details: 'server is shutting down' });
    expect(await server.ended).toBe(0);
  }
});

test.concurrent('the services are those of the contract, on one hub', async () => {
  const { port } = await startOnFreePort();
  const subscriber = await connect(port).subscribed();
  await connect(port).send({ ...sent(), tagValue: ['A01', 'A02'] });
  await connect(port).ingest([sent({ tagValue: 'A03' })]);
  await until(() => ingested(subscriber).length === 3);
  expect(ingested(subscriber)).toEqual(['A01', 'A02', 'A03']);
  await cancel(subscriber);
});
