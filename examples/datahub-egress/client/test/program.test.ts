import { status } from '@grpc/grpc-js';
import { run } from 'testing';
import { expect, test, vi } from 'vitest';
import { type EgressCall, fail, type Sent, sendPackage } from './datahub-peer.ts';
import { client, cwd, serve, start } from './start.ts';

vi.setConfig({ testTimeout: 30_000 });

const CANCELLED = 'Status(StatusCode="Cancelled", Detail="Call canceled by the client.")';
const GUID_LINE = /^([\da-f-]{36})\n/;

/** Sends a package every so often until the client is gone, as the contract wants. */
function tick(call: EgressCall): void {
  sendPackage(call);
  const timer = setInterval(() => sendPackage(call), 200);
  call.on('cancelled', () => clearInterval(timer));
}

test.concurrent('--seconds: the GUID for each package, then the cancel is told, and the exit code is 0', async () => {
  const { exit, stdout, stderr } = await run(client(await serve({ egress: tick }), '--seconds', '0.7'), { cwd });
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  const lines = stdout.trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(1);
  expect(lines.pop()).toBe(CANCELLED);
  expect(new Set(lines).size).toBe(1);
  expect(stdout).toMatch(GUID_LINE);
});

test.concurrent('without --seconds it is a minute', async () => {
  const { exit, stdout } = await run(client('127.0.0.1:1', '--help'), { cwd });
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
  const result = await run(client(address, '--tag', 'Other tag', '--values'), { cwd });
  expect(result).toEqual({ exit: 0, stdout: 'a value of Other tag\n', stderr: '' });
});

test.concurrent.each(['SIGINT', 'SIGTERM'] as const)('%s cancels, tells so, and the exit code is 0', async (signal) => {
  const subscriber = start(client(await serve({ egress: tick })));
  await subscriber.prints(GUID_LINE);
  subscriber.signal(signal);
  subscriber.signal(signal); // under pnpm one Ctrl-C arrives twice
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
  expect(await run(client(address, 'ingest'), { cwd })).toEqual(count('10\n'));
  expect(await run(client(address, 'send', 'A01', 'A02', 'A03'), { cwd })).toEqual(count('3\n'));
});

test.concurrent('without a server the program says so in one line and exits with 1', async () => {
  for (const command of [[], ['ingest'], ['send', 'A01']]) {
    const { exit, stdout, stderr } = await run(client('127.0.0.1:1', ...command), { cwd });
    expect(stderr).toMatch(/^Error: UNAVAILABLE: .*127\.0\.0\.1:1.*\n$/);
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' });
  }
});

test.concurrent('a call that fails: one line, and exit code 1', async () => {
  const address = await serve({
    egress: (call) => fail(call, { code: status.INVALID_ARGUMENT, details: 'tagName must not be empty' }),
  });
  const stderr = 'Error: INVALID_ARGUMENT: tagName must not be empty\n';
  expect(await run(client(address, '--tag', ''), { cwd })).toEqual({ exit: 1, stdout: '', stderr });
});

test.concurrent('a server that is killed: one line, and exit code 1', async () => {
  const server = start(['node', '--import', 'tsx', 'test/fixtures/server.ts']);
  const [, address = ''] = await server.prints(/^(\S+)\n/);
  const subscriber = start(client(address));
  await subscriber.prints(GUID_LINE);
  server.signal('SIGKILL');
  expect(await subscriber.ended).toBe(1);
  expect(subscriber.stdout).not.toContain(CANCELLED);
  expect(subscriber.stderr).toMatch(/^Error: (UNAVAILABLE|CANCELLED|INTERNAL): .*\n$/);
});

test.concurrent('the output may be closed by who reads it', async () => {
  const address = await serve({ egress: tick });
  const pipeline = ['bash', '-c', 'set -o pipefail; "$@" | head -n 1', 'bash', ...client(address)];
  const { exit, stdout, stderr } = await run(pipeline, { cwd });
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  expect(stdout).toMatch(GUID_LINE);
});

test.concurrent.each([
  [['--frobnicate'], "unknown option '--frobnicate'"],
  [['--seconds', 'abc'], "option '--seconds <n>' argument 'abc' is invalid."],
  [['--seconds', '-1'], "option '--seconds <n>' argument '-1' is invalid."],
  [['--seconds', '86401'], "option '--seconds <n>' argument '86401' is invalid."],
  [['frobnicate'], "unknown command 'frobnicate'"],
  [['send'], "missing required argument 'values'"],
])('wrong usage is told in one line, then the usage, and the exit code is 2: %j', async (args, line) => {
  const { exit, stdout, stderr } = await run(client('127.0.0.1:1', ...args), { cwd });
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
  expect(stderr.startsWith(`error: ${line}`)).toBe(true);
  expect(stderr).toMatch(/^.+\n\nUsage: datahub-client /);
});
