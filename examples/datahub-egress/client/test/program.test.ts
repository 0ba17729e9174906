import { status } from '@grpc/grpc-js';
import { inBash, longEnough, run } from '@grpc-by-example/testing';
import { testClientProgram } from '@grpc-by-example/testing/program-tests';
import { expect, test } from 'vitest';
import type { Sent } from '../../proto/test/contract.mts';
import { type EgressCall, fail, sendPackage } from './datahub-peer.ts';
import { program, serve } from './start.ts';

const CANCELLED = 'Status(StatusCode="Cancelled", Detail="Call canceled by the client.")';
const GUID_LINE = /^([\da-f-]{36})\n/;

testClientProgram(program, {
  wrong: [
    [['--seconds', 'abc'], "option '--seconds <n>' argument 'abc' is invalid."],
    [['--seconds', '-1'], "option '--seconds <n>' argument '-1' is invalid."],
    [['--seconds', '86401'], "option '--seconds <n>' argument '86401' is invalid."],
    [['frobnicate'], "unknown command 'frobnicate'"],
    [['send'], "missing required argument 'values'"],
    [['ingest', 'A01'], "too many arguments for 'ingest'. Expected 0 arguments but got 1."],
  ],
  async countCalls() {
    let calls = 0;
    const address = await serve({
      egress: (call) => {
        calls++;
        call.end();
      },
      unary: (_, answer) => {
        calls++;
        answer(null, {});
      },
    });
    return { address, calls: () => calls };
  },
  victim: { fixture: 'server.ts', printed: GUID_LINE },
});

/** Sends a package every so often until the client is gone, as the contract wants. */
function tick(call: EgressCall): void {
  sendPackage(call);
  const timer = setInterval(() => sendPackage(call), 200);
  call.on('cancelled', () => clearInterval(timer));
}

test.concurrent('--seconds: the GUID for each package, then the cancel is told, and the exit code is 0', async () => {
  const address = await serve({ egress: tick });
  const { exit, stdout, stderr } = await longEnough(
    (seconds) => program.run(address, '--seconds', `${seconds}`),
    ({ stdout }) => stdout.includes(`\n${CANCELLED}`),
  );
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  const lines = stdout.trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(1);
  expect(lines.pop()).toBe(CANCELLED);
  expect(new Set(lines).size).toBe(1);
  expect(stdout).toMatch(GUID_LINE);
});

test.concurrent('without --seconds it is a minute', async () => {
  const { exit, stdout } = await program.run('127.0.0.1:1', '--help');
  expect(exit).toBe(0);
  expect(stdout).toMatch(/--seconds <n> [^-]+\(default:\s+60\)/);
});

test.concurrent('--values and --tag: the values of another tag', async () => {
  const address = await serve({
    egress: (call) => {
      sendPackage(call, { tagValue: `a value of ${call.request.tagName}` });
      call.end();
    },
  });
  const result = await program.run(address, '--tag', 'Other tag', '--values');
  expect(result).toEqual({ exit: 0, stdout: 'a value of Other tag\n', stderr: '' });
});

// One Ctrl-C may arrive twice.
const INTERRUPTS: { signals: NodeJS.Signals[] }[] = [{ signals: ['SIGINT', 'SIGTERM'] }, { signals: ['SIGTERM'] }];

test.concurrent.each(INTERRUPTS)('$signals cancels, tells so, and the exit code is 0', async ({ signals }) => {
  const subscriber = program.start(await serve({ egress: tick }));
  await subscriber.prints(GUID_LINE);
  subscriber.signal(...signals);
  expect(await subscriber.ended).toBe(0);
  expect(subscriber.stdout.endsWith(`\n${CANCELLED}\n`)).toBe(true);
  expect(subscriber.stderr).toBe('');
});

test.concurrent('ingest and send print the count', async () => {
  const address = await serve({
    unary: (call, answer) => answer(null, { isSuccess: true, dataPackageCount: call.request.tagValue.length }),
    stream: (call, answer) => {
      let dataPackageCount = 0;
      call.on('data', (_: Sent) => dataPackageCount++);
      call.on('end', () => answer(null, { isSuccess: true, dataPackageCount }));
    },
  });
  const count = (text: string) => ({ exit: 0, stdout: text, stderr: '' });
  expect(await program.run(address, 'ingest')).toEqual(count('10\n'));
  expect(await program.run(address, 'send', 'A01', 'A02', 'A03')).toEqual(count('3\n'));
});

test.concurrent.each([
  ['ingest', []],
  ['send', ['A01']],
])('without a server %s says so on one line, and the exit code is 1', async (command, args) => {
  const { exit, stdout, stderr } = await program.run('127.0.0.1:1', command, ...args);
  const start = 'pnpm --filter datahub-server start --port 1';
  expect(stderr).toBe(`Error: UNAVAILABLE: no server at 127.0.0.1:1; start one: ${start}\n`);
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' });
});

test.concurrent('a call that fails: one line, and exit code 1', async () => {
  const address = await serve({
    egress: (call) => fail(call, { code: status.INVALID_ARGUMENT, details: 'tagName must not be empty' }),
  });
  const stderr = 'Error: INVALID_ARGUMENT: tagName must not be empty\n';
  expect(await program.run(address, '--tag', '')).toEqual({ exit: 1, stdout: '', stderr });
});

test.concurrent('the output may be closed by who reads it', async () => {
  const command = program.command(await serve({ egress: tick }));
  const { exit, stdout, stderr } = await run(inBash('set -o pipefail; "$@" | head -n 1', ...command));
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  expect(stdout).toMatch(GUID_LINE);
});
