import { inBash, run, skip } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { fixture, startEchoServer, startProgram } from './programs.ts';
import { connect } from './start.ts';

let starting: ReturnType<typeof startEchoServer> | undefined;

/** A client of the one server of these tests. */
async function client(...args: string[]) {
  starting ??= startEchoServer();
  const { address } = await starting;
  return ['--address', address, ...args];
}

test.concurrent('the address of the ready line is one that a client reaches, by IPv6 too', async (context) => {
  const { address } = await startEchoServer(['--host', '::1']).catch(() => skip(context, 'this machine has no IPv6'));
  expect(await connect(address).say('hello')).toEqual({ text: 'hello' });
});

test.concurrent.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'a client ends its call in order at %s, exit 0',
  async (signal) => {
    const program = startProgram('echo-client', await client('hello'));
    await program.prints(/hello\n/);
    program.signal(signal);
    expect(await program.ended).toBe(0);
    expect(program.stdout).toBe('hello\nthe call has ended\n');
    expect(program.stderr).toBe('');
  },
);

test.concurrent('a client whose server does not end the call gives up with a line, exit 1', async () => {
  const program = startProgram('echo-client', await client('stay'));
  await program.prints(/stay\n/);
  program.signal('SIGINT');
  expect(await program.ended).toBe(1);
  expect(program.stderr).toBe('Error: the server did not end the call within 5 s\n');
});

test.concurrent('a client whose output is closed early ends without a word', async () => {
  const command = fixture('echo-client', ...(await client('flood')));
  const { exit, stdout, stderr } = await run(inBash('"$@" | head -1; exit $PIPESTATUS', ...command));
  expect({ exit, stdout, stderr }).toEqual({ exit: 0, stdout: 'flood\n', stderr: '' });
});
