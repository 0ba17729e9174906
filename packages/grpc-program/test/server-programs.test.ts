import { inBash } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { fixture, start, startEchoServer } from './programs.ts';
import { connect } from './start.ts';

test.concurrent('the ready line names the port that was found, and the command of a client for it', async () => {
  const { program, address } = await startEchoServer();
  expect(address).toMatch(/^localhost:[1-9]\d*$/);
  await program.prints(/\n/);
  // And no metrics, which are off by default.
  expect(program.stdout).toBe(`echo-server listens on ${address}. Start a client: echo-client --address ${address}\n`);
});

test.concurrent('a server whose output nobody reads any more goes on', async () => {
  // The signal is for the server alone: a shell ends with a reader that it kills.
  const read = `trap '' INT; head -1 >&3; exec <&-; echo 'nobody reads' >&3`;
  const shell = `exec 3>&1; "$@" | { ${read}; }; exit $PIPESTATUS`;
  const program = start(inBash(shell, ...fixture('echo-server', '--port', '0')));
  const [, port = ''] = await program.prints(/ listens on localhost:(\d+)\..*\nnobody reads\n/);
  expect(await connect(`localhost:${port}`).say('hello')).toEqual({ text: 'hello' });
  program.signal('SIGINT'); // it says that it is shutting down, to nobody
  expect(await program.ended).toBe(0);
  expect(program.stderr).not.toContain('EPIPE');
});
