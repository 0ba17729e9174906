import { execFileSync } from 'node:child_process';
import { inBash, run, skip, until } from '@grpc-by-example/testing';
import { startProgram } from '@grpc-by-example/testing/program-tests';
import { expect, type TestContext, test } from 'vitest';
import type { PeerCalc, PeerIncrementalSum, PeerSum } from './calc-peer.ts';
import { ok, program, serve } from './start.ts';

test.concurrent('a value is answered while the input is still open; its end completes', async () => {
  const calc = program.start(await serve(), 'incremental', '-');
  calc.type('1\n');
  await calc.prints(/Value: 1\n/);
  calc.type('-9223372036854775808\r\n7');
  await calc.prints(/Value: -9223372036854775807\n/);
  expect(calc.stdout).not.toContain('Complete.');
  calc.endInput();
  expect(await calc.ended).toBe(0);
  expect(calc).toMatchObject({
    stdout: 'Value: 1\nValue: -9223372036854775807\nValue: -9223372036854775800\nComplete.\n',
    stderr: '',
  });
});

test.concurrent.each([
  ['null device', '</dev/null', 'sum', 'Value: 0'],
  ['closed descriptor', '<&-', 'incremental', 'Complete.'],
])('input that is already at its end is an empty stream: %s', async (_, redirection, operation, line) => {
  const command = program.command(await serve(), operation, '-');
  expect(await run(['sh', '-c', `exec "$@" ${redirection}`, 'sh', ...command])).toEqual(ok(line));
});

test.concurrent.each([
  ['a folder', '<.', 'it is a folder'],
  ['an output', '0>/dev/null', 'EBADF: bad file descriptor, read'],
])('input that cannot be read is no empty stream: %s', async (_, redirection, why) => {
  const command = program.command(await serve(), 'sum', '-');
  expect(await run(['sh', '-c', `exec "$@" ${redirection}`, 'sh', ...command])).toEqual({
    exit: 1,
    stdout: '',
    stderr: `Error: cannot read stdin: ${why}\n`,
  });
});

test.concurrent('five thousand lines from a pipe are all answered, in order', async () => {
  const address = await serve();
  const values = Array.from({ length: 5_000 }, (_, n) => BigInt(n) * (n % 2 ? -(10n ** 9n) : 10n ** 10n));
  let total = 0n;
  const totals = values.map((value) => {
    total += value;
    return `Value: ${total}`;
  });
  const { exit, stdout, stderr } = await program.runWith(values.join('\n'), address, 'incremental', '-');
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  expect(stdout.split('\n')).toEqual([...totals, 'Complete.', '']);
});

test.concurrent.each(['sum', 'incremental'])(
  'a wrong line is named, exit code 2, no sum and no "Complete.": %s',
  async (operation) => {
    let [begun, cancelled] = [0, 0];
    const note = (call: PeerSum | PeerIncrementalSum) => {
      call.once('data', () => begun++).once('cancelled', () => cancelled++);
    };
    const calc = program.start(await serve({ sum: note, incrementalSum: note }), operation, '-');
    calc.type('1\n'.repeat(3_000));
    await until(() => begun === 1);
    calc.type('one\n');
    expect(await calc.ended).toBe(2); // though its input is still open
    expect(calc.stdout).toBe('');
    expect(calc.stderr).toMatch(/^error: line 3001: "one" is not a signed 64-bit integer\n\nUsage: calc-client /);
    await until(() => cancelled === 1);
  },
);

/** Notes what becomes of a call, and never answers it. */
function silent(): { server: PeerCalc; events: string[] } {
  const events: string[] = [];
  const note = (call: PeerSum | PeerIncrementalSum) => {
    call.once('data', () => events.push('value'));
    call.once('cancelled', () => events.push('cancelled'));
  };
  return { server: { sum: note, incrementalSum: note }, events };
}

// One Ctrl-C may arrive twice.
test.concurrent.each([
  [['SIGINT', 'SIGTERM'], 'sum'],
  [['SIGTERM'], 'incremental'],
] as const)('%s cancels an input that is not at its end: no %s, and exit code 0', async (signals, operation) => {
  const { server, events } = silent();
  const calc = program.start(await serve(server), operation, '-');
  calc.type('1\n2\n');
  await until(() => events.length === 1);
  calc.signal(...signals);
  expect(await calc.ended).toBe(0);
  expect(calc).toMatchObject({ stdout: '', stderr: '' });
  await until(() => events.length === 2);
});

/** The client on a terminal of its own, which echoes what is typed and makes signals of keys. */
async function startOnTerminal(context: TestContext, ...args: string[]) {
  try {
    execFileSync('python3', ['-c', 'import pty'], { stdio: 'ignore' });
  } catch {
    skip(context, 'python3, which has the pseudo-terminal, is not here');
  }
  const onTerminal = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';
  return startProgram(['python3', '-c', onTerminal, ...args]);
}

test.concurrent('on a terminal a typed value is answered, and Ctrl-D ends the input', async (context) => {
  const calc = await startOnTerminal(context, ...program.command(await serve(), 'incremental', '-'));
  calc.type('4\n');
  await calc.prints(/Value: 4\r\n/);
  calc.type('\x04');
  expect(await calc.ended).toBe(0);
  expect(calc.stdout).toMatch(/Complete\.\r\n$/);
});

test.concurrent('on a terminal Ctrl-C ends the program, without a sum', async (context) => {
  const { server, events } = silent();
  const calc = await startOnTerminal(context, ...program.command(await serve(server), 'sum', '-'));
  calc.type('4\n');
  await until(() => events.length === 1);
  calc.type('\x03');
  expect(await calc.ended).toBe(0);
  expect(calc.stdout).not.toContain('Value');
});

test.concurrent('on a terminal a long input shows how far it is, and the sum takes that away', async (context) => {
  const piped = ['sh', '-c', 'seq 1 20000 | exec "$@"', 'sh', ...program.command(await serve(), 'sum', '-')];
  const calc = await startOnTerminal(context, ...piped);
  expect(await calc.ended).toBe(0);
  expect(calc.stdout).toBe('\r10,000 values sent\r20,000 values sent\r\x1b[KValue: 200010000\r\n');
});

test.concurrent('on a terminal a wrong line takes away how far the input is, too', async (context) => {
  const piped = ['sh', '-c', '(seq 1 10000; echo x) | exec "$@"', 'sh', ...program.command(await serve(), 'sum', '-')];
  const calc = await startOnTerminal(context, ...piped);
  expect(await calc.ended).toBe(2);
  expect(calc.stdout).toContain('\r10,000 values sent\r\x1b[Kerror: line 10001: "x"');
});

test.concurrent('the output may be closed by who reads it', async () => {
  const address = await serve();
  const lines = '1\n'.repeat(2_000);
  const pipeline = inBash('set -o pipefail; "$@" | head -n 1', ...program.command(address, 'incremental', '-'));
  expect(await run(pipeline, { input: lines })).toEqual(ok('Value: 1'));
});
