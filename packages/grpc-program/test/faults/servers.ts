import { runProgram, startEchoServer, startProgram } from '../programs.ts';
import { connect } from '../start.ts';
import { clientLine, type Fault, logged, QUICK, shown } from './fault.ts';

/** A server with a stream open, whose handler is told what to do by a word. */
async function withStream(word: string, args: readonly string[] = [], options = {}) {
  const { program, address } = await startEchoServer([...QUICK, ...args]);
  const stream = connect(address, undefined, options).talk(undefined, { deadline: Date.now() + 15_000 });
  stream.send({ text: word });
  await stream.received(1);
  return { program, stream };
}

/** Servers that do not start, stop, or die; clients that do. */
export const servers: Fault[] = [
  {
    name: 'the port is in use',
    fast: 'at once',
    async run() {
      const { address } = await startEchoServer();
      const [, port = ''] = address.split(':');
      const { exit, stderr } = await runProgram('echo-server', ['--port', port]);
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
    async run(now) {
      const { program, stream } = await withStream('hello');
      now();
      program.signal('SIGTERM');
      return { client: shown(await stream.status), server: `exits ${await program.ended}` };
    },
  },
  {
    name: 'the server stops; the handler does not end',
    fast: 'after the grace period',
    async run(now) {
      const { program, stream } = await withStream('stay');
      now();
      program.signal('SIGTERM');
      return { client: shown(await stream.status), server: `exits ${await program.ended}` };
    },
  },
  {
    name: 'the server is killed',
    fast: 'at once',
    async run(now) {
      const { program, stream } = await withStream('hello');
      now();
      program.signal('SIGKILL');
      return { client: shown(await stream.status), server: `ends by ${await program.ended}` };
    },
  },
  {
    name: 'the server is frozen',
    fast: 'when a ping is not answered',
    async run(now) {
      const options = { 'grpc.keepalive_time_ms': 1_000, 'grpc.keepalive_timeout_ms': 1_000 };
      const { program, stream } = await withStream('hello', [], options);
      now();
      program.signal('SIGSTOP');
      return { client: shown(await stream.status), server: '–' };
    },
  },
  {
    name: 'the client is frozen',
    fast: 'when a ping is not answered',
    async run(now) {
      const { program, address } = await startEchoServer(QUICK);
      const client = startProgram('echo-client', ['--address', address, 'stay']);
      await client.prints(/stay\n/);
      now();
      client.signal('SIGSTOP');
      return { client: '–', server: await logged(program) };
    },
  },
  {
    name: 'the client is killed',
    fast: 'at once',
    async run(now) {
      const { program, address } = await startEchoServer(['--keepalive-seconds', '3600']);
      const client = startProgram('echo-client', ['--address', address, 'stay']);
      await client.prints(/stay\n/);
      now();
      client.signal('SIGKILL');
      return { client: `ends by ${await client.ended}`, server: await logged(program) };
    },
  },
  {
    name: 'the connection is older than `--max-connection-age-seconds`, here 1',
    fast: 'at its age, and the grace period',
    async run(now) {
      now();
      const { program, stream } = await withStream('stay', ['--max-connection-age-seconds', '1']);
      return { client: shown(await stream.status), server: await logged(program) };
    },
  },
];
