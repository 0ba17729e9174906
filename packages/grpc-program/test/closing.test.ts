import { once } from 'node:events';
import { stopLater } from '@grpc-by-example/testing';
import { bidiStreaming } from 'grpc-streams';
import { expect, test } from 'vitest';
import { startServer } from '../src/server/index.ts';
import { definition, type Words } from './echo-service.ts';
import { runProgram, startEchoServer, startProgram } from './programs.ts';
import { connect } from './start.ts';

/** Longer than any test lasts. */
const LONG = { graceMs: 3_600_000, closeMs: 3_600_000 };

async function startClosing(close: () => void | Promise<void>, { closeMs = LONG.closeMs } = {}) {
  const talk = bidiStreaming<Words, Words>(async function* (_, { signal }) {
    yield { text: 'hello' };
    await once(signal, 'abort');
    yield { text: 'goodbye' };
  });
  const server = await startServer([[definition, { talk }, close]], { ...LONG, closeMs });
  stopLater(() => server.forceStop());
  return server;
}

test.concurrent('a server makes its services later, has interceptors of its own, and closes the last service first', async () => {
  const program = startProgram('closing-server', ['--port', '0', '--greeting', 'Good morning']);
  const [, address = ''] = await program.prints(/ listens on (.+)\. Start /);
  expect(await connect(address).say('Ann')).toEqual({ text: 'Good morning Ann' });
  program.signal('SIGTERM');
  expect(await program.ended).toBe(0);
  expect(program.stdout.split('\n').slice(1)).toEqual([
    'closing-server is shutting down',
    'closing the second service',
    'closed the second service',
    'closing the first service',
    'closed the first service',
    '',
  ]);
});

test.concurrent('a service that fails to close is told, exit 1, and the others are closed', async () => {
  const program = startProgram('closing-server', ['--port', '0', '--fail']);
  await program.prints(/ listens on /);
  program.signal('SIGTERM');
  expect(await program.ended).toBe(1);
  expect(program.stderr).toContain('Error: it does not close');
  expect(program.stdout).toMatch(/closed the first service\n$/);
});

test.concurrent('a server that cannot listen closes its services', async () => {
  const { address } = await startEchoServer();
  const port = address.replace(/.*:/, '');
  const { exit, stdout, stderr } = await runProgram('closing-server', ['--port', port, '--fail']);
  expect({ exit, stdout }).toEqual({
    exit: 1,
    stdout: 'closing the second service\nclosing the first service\nclosed the first service\n',
  });
  expect(stderr).toBe(`Error: ${address} is in use; choose another port with --port\n`);
});

test.concurrent('services are closed once the calls have ended', async () => {
  const seen: string[] = [];
  const server = await startClosing(() => void seen.push(`closed with ${server.openCalls.size} open calls`));
  const talk = connect(server).talk();
  await talk.received(1);
  await server.stop();
  expect(seen).toEqual(['closed with 0 open calls']);
  await talk.status;
  expect(talk.responses).toEqual([{ text: 'hello' }, { text: 'goodbye' }]);
});

test.concurrent('a service that never closes does not hold the stop', async () => {
  const server = await startClosing(() => new Promise(() => {}), { closeMs: 100 });
  await expect(server.stop()).rejects.toThrow('the services did not close within 0.1 s');
});
