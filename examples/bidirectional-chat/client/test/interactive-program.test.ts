import { execFileSync } from 'node:child_process';
import { inBash, run, skip, until } from '@grpc-by-example/testing';
import { startProgram } from '@grpc-by-example/testing/program-tests';
import { expect, type TestContext, test } from 'vitest';
import type { Said } from '../../proto/test/contract.mts';
import { answerEach, endWith, type PeerCall, reply } from './chat-peer.ts';
import { program, serve } from './start.ts';

/** Answers, and says a last word after the half-close: a client that cancels would not get it. */
function sayGoodbye(call: PeerCall): void {
  call.on('data', (said: Said) => reply(call, said));
  call.on('end', () => endWith(call, 'goodbye'));
}

test.concurrent('a response appears while the input is still open; the end of the input half-closes', async () => {
  const ann = program.start(await serve(sayGoodbye), '--name', 'Ann');
  for (const line of ['Hi', 'How are you?']) {
    ann.type(`${line}\n`);
    await ann.prints(new RegExp(`Ann: ${line.replace('?', '\\?')}\n`));
  }
  expect(ann.stdout).not.toContain('goodbye');
  ann.endInput();
  expect(await ann.ended).toBe(0);
  expect(ann).toMatchObject({ stdout: 'Ann: Hi\nAnn: How are you?\ngoodbye\n', stderr: '' });
});

test.concurrent.each(['SIGINT', 'SIGTERM'] as const)(
  '%s half-closes, the rest is read, and the exit code is 0',
  async (signal) => {
    const ann = program.start(await serve(sayGoodbye), '--name', 'Ann');
    ann.type('Hi\n');
    await ann.prints(/Ann: Hi\n/);
    ann.signal(signal);
    expect(await ann.ended).toBe(0);
    expect(ann).toMatchObject({ stdout: 'Ann: Hi\ngoodbye\n', stderr: '' });
  },
);

test.concurrent('one Ctrl-C that arrives twice, as under pnpm, is one', async () => {
  const calls: PeerCall[] = [];
  let halfClosed = false;
  const address = await serve((call) => {
    calls.push(call);
    call.on('data', (said: Said) => reply(call, said));
    call.on('end', () => {
      halfClosed = true;
    });
  });
  const ann = program.start(address, '--name', 'Ann');
  ann.type('Hi\n');
  await ann.prints(/Ann: Hi\n/);
  ann.signal('SIGINT', 'SIGTERM');
  await until(() => halfClosed);
  for (const call of calls) endWith(call, 'goodbye');
  expect(await ann.ended).toBe(0);
  expect(ann).toMatchObject({ stdout: 'Ann: Hi\ngoodbye\n', stderr: '' });
});

/** The client on a terminal of its own, which echoes what is typed and makes signals of keys. */
async function startOnTerminal(context: TestContext) {
  try {
    execFileSync('python3', ['-c', 'import pty'], { stdio: 'ignore' });
  } catch {
    skip(context, 'python3, which has the pseudo-terminal, is not here');
  }
  const onTerminal = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';
  const address = await serve(sayGoodbye);
  const ann = startProgram(['python3', '-c', onTerminal, ...program.command(address, '--name', 'Ann')]);
  ann.type('Hi\n');
  await ann.prints(/Ann: Hi\r\n/);
  return ann;
}

test.concurrent('on a terminal a typed line is answered, and Ctrl-D half-closes', async (context) => {
  const ann = await startOnTerminal(context);
  ann.type('\x04');
  expect(await ann.ended).toBe(0);
  expect(ann.stdout).toMatch(/Ann: Hi\r\ngoodbye\r\n$/);
});

test.concurrent('on a terminal Ctrl-C half-closes, and forgets the line that was not finished', async (context) => {
  const ann = await startOnTerminal(context);
  ann.type('not fin\x03');
  expect(await ann.ended).toBe(0);
  expect(ann.stdout).toMatch(/Ann: Hi\r\n[\s\S]*goodbye\r\n$/);
  expect(ann.stdout).not.toContain('Ann: not fin');
});

test.concurrent('an input that cannot be read is told in one line', async () => {
  const command = program.command(await serve(answerEach), '--name', 'Ann');
  expect(await run(['sh', '-c', 'exec "$@" 0>/dev/null', 'sh', ...command])).toEqual({
    exit: 1,
    stdout: '',
    stderr: 'Error: cannot read stdin: EBADF: bad file descriptor, read\n',
  });
});

test.concurrent('the output may be closed by who reads it', async () => {
  const address = await serve(answerEach);
  const lines = Array.from({ length: 2_000 }, (_, n) => `${n}\n`).join('');
  const pipeline = inBash('set -o pipefail; "$@" | head -n 1', ...program.command(address, '--name', 'Ann'));
  expect(await run(pipeline, { input: lines })).toEqual({ exit: 0, stdout: 'Ann: 0\n', stderr: '' });
});
