import { randomUUID } from 'node:crypto';
import { type ServiceError, status } from '@grpc/grpc-js';
import { soon } from '@grpc-by-example/testing';
import { expect } from 'vitest';
import { runProgram, startEchoServer, startProgram } from '../programs.ts';
import { connect, named, openInTime } from '../start.ts';
import { clientLine, type Fault, isCall, logged, PATIENT, shown, WITH_GRACE, WITH_PINGS } from './fault.ts';

/** A server with a stream open, whose handler is told what to do by a word. */
async function withStream(word: string, args: readonly string[], options = {}) {
  const { program, address } = await startEchoServer(args);
  const stream = connect(address, undefined, options).talk(undefined, soon());
  stream.send({ text: word });
  await stream.received(1);
  return { program, stream };
}

/** A server with a client program that has a call open. */
async function withClient(args: readonly string[], now = () => {}) {
  const { program, address } = await startEchoServer(args);
  now();
  const client = startProgram('echo-client', ['--address', address, 'stay']);
  await client.prints(/stay\n/);
  return { program, client };
}

/** A server on one address that has one connection, with one call, which is as much as it takes. */
async function withFullServer(args: readonly string[]) {
  const { program, address } = await startEchoServer([...PATIENT, '--host', '127.0.0.1', ...args]);
  const client = connect(address);
  const stream = client.talk(undefined, soon());
  stream.send({ text: 'hello' });
  await stream.received(1);
  return { program, address, client };
}

/** Servers that do not start, stop, die, or are full; clients that die. */
export const servers: Fault[] = [
  {
    name: 'the port is in use',
    fast: 'at once',
    async run() {
      const { address } = await startEchoServer();
      const [, port = ''] = address.split(':');
      const { exit, stdout, stderr } = await runProgram('echo-server', ['--port', port]);
      expect(stdout).toBe('');
      return { client: '–', server: `prints “${stderr.trim()}”, exits ${exit}` };
    },
  },
  {
    name: 'no server is there',
    fast: 'at once',
    run: async () => ({ client: await clientLine(['--address', '127.0.0.1:1', 'hello']), server: '–' }),
  },
  {
    name: 'the server stops; the handler reads, or looks at its signal',
    fast: 'at once',
    async run() {
      const { program, stream } = await withStream('hello', PATIENT);
      program.signal('SIGTERM');
      return { client: shown(await stream.status), server: `exits ${await program.ended}` };
    },
  },
  {
    name: 'the server stops; the handler does not end',
    fast: 'after the grace period',
    async run(now) {
      const { program, stream } = await withStream('stay', WITH_GRACE);
      now();
      program.signal('SIGTERM');
      return { client: shown(await stream.status), server: `exits ${await program.ended}` };
    },
  },
  {
    name: 'the server is killed',
    fast: 'at once',
    async run() {
      const { program, stream } = await withStream('hello', PATIENT);
      program.signal('SIGKILL');
      const { code } = await stream.status;
      expect([status.UNAVAILABLE, status.CANCELLED, status.INTERNAL]).toContain(code);
      return {
        client: 'UNAVAILABLE: Connection dropped, or CANCELLED or INTERNAL, by how the connection breaks',
        server: `ends by ${await program.ended}`,
      };
    },
  },
  {
    name: 'the server is frozen',
    fast: 'when a ping is not answered',
    async run(now) {
      const { program, address } = await startEchoServer(PATIENT);
      const options = { 'grpc.keepalive_time_ms': 1_000, 'grpc.keepalive_timeout_ms': 1_000 };
      now(); // a connection is pinged when it is a second old
      const stream = connect(address, undefined, options).talk();
      stream.send({ text: 'hello' });
      await stream.received(1);
      program.signal('SIGSTOP');
      return { client: shown(await stream.status), server: '–' };
    },
  },
  {
    name: 'the client is frozen',
    fast: 'when a ping is not answered',
    async run(now) {
      const { program, client } = await withClient(WITH_PINGS, now);
      client.signal('SIGSTOP');
      const server = await logged(program);
      client.signal('SIGCONT');
      expect(await client.ended).toBe(1);
      expect(client.stderr).toMatch(/^Error: (UNAVAILABLE|CANCELLED|INTERNAL): .+\n$/);
      return { client: '–', server };
    },
  },
  {
    name: 'the client is killed',
    fast: 'at once',
    async run() {
      const { program, client } = await withClient(PATIENT);
      client.signal('SIGKILL');
      return { client: `ends by ${await client.ended}`, server: await logged(program) };
    },
  },
  {
    name: 'the connection is older than `--max-connection-age-seconds`, here 1',
    fast: 'at its age, and the grace period',
    async run(now) {
      const { program, address } = await startEchoServer([...WITH_GRACE, '--max-connection-age-seconds', '1']);
      const { stream, startedAt, id } = await openInTime(address, 'stay');
      now(startedAt);
      return { client: shown(await stream.status), server: await logged(program, isCall(id)) };
    },
  },
  {
    name: 'there are as many calls as `--max-calls` allows',
    fast: 'at once',
    async run() {
      const { program, client } = await withFullServer(['--max-calls', '1']);
      const id = randomUUID();
      const error = await client.say('one more', named(id)).catch((error: ServiceError) => error);
      return { client: shown(error as ServiceError), server: await logged(program, isCall(id)) };
    },
  },
  {
    name: 'there are as many connections as `--max-connections` allows',
    fast: 'at once',
    async run() {
      const { program, address } = await withFullServer(['--max-connections', '1']);
      const client = await clientLine(['--address', address, 'hello']);
      return { client, server: await logged(program, ({ level }) => level === 'warn') };
    },
  },
];
