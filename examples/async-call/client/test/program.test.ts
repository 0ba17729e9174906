import { status } from '@grpc/grpc-js';
import { run, until } from 'testing';
import { expect, test, vi } from 'vitest';
import { ACTIVE, ENDED, fail, INFO, NEW, type Request, tell, tellAndEnd } from './phone-peer.ts';
import { client, cwd, serve, start } from './start.ts';

vi.setConfig({ testTimeout: 30_000 });

const lines = (...lines: string[]) => lines.map((line) => `${line}\n`).join('');

const waiting = (number: string) => `Waiting for peer to connect [${number}]...`;
const entered = (number: string, state: string) => `Call toward [${number}] enters [${state}] state`;
const CONSUMING = 'Consuming audio resource [the audio]';
const CONSUMED = 'Audio session finished [the audio]';

const untilActive = (number: string) => [waiting(number), entered(number, 'NEW'), entered(number, 'ACTIVE'), CONSUMING];

test.concurrent.each([
  { args: [], number: '94771234567' },
  { args: ['+123'], number: '+123' },
])('the program calls $number and prints the lines of the document; exit code 0', async ({ args, number }) => {
  const numbers: (string | undefined)[] = [];
  const address = await serve((call) => {
    call.once('data', ({ phone_number }: Request) => numbers.push(phone_number));
    tellAndEnd(NEW, INFO, ACTIVE, ENDED)(call);
  });
  expect(await run(client(address, ...args), { cwd })).toEqual({
    exit: 0,
    stdout: lines(...untilActive(number), entered(number, 'ENDED'), CONSUMED, 'Call finished'),
    stderr: '',
  });
  expect(numbers).toEqual([number]);
});

test.concurrent('a call that is not answered: the last line says so, and the exit code is 1', async () => {
  expect(await run(client(await serve(tellAndEnd(NEW, ENDED)), '123'), { cwd })).toEqual({
    exit: 1,
    stdout: lines(waiting('123'), entered('123', 'NEW'), entered('123', 'ENDED'), "Call failed: peer didn't answer"),
    stderr: '',
  });
});

test.concurrent.each(['SIGINT', 'SIGTERM'] as const)('%s hangs up, and the exit code is 0', async (signal) => {
  let cancelled = false;
  const address = await serve((call) => {
    call.once('cancelled', () => {
      cancelled = true;
    });
    tell(NEW, INFO, ACTIVE)(call);
  });
  const ann = start(client(address, '123'));
  await ann.prints(/Consuming/);
  ann.signal(signal);
  ann.signal(signal); // under pnpm one Ctrl-C arrives twice
  expect(await ann.ended).toBe(0);
  expect(ann).toMatchObject({ stdout: lines(...untilActive('123'), CONSUMED, 'Call finished'), stderr: '' });
  await until(() => cancelled);
});

test.concurrent('without a server the program says so in one line and exits with 1', async () => {
  const { exit, stdout, stderr } = await run(client('127.0.0.1:1'), { cwd });
  expect(stderr).toMatch(/^Error: UNAVAILABLE: .*127\.0\.0\.1:1.*\n$/);
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: lines(waiting('94771234567')) });
});

test.concurrent('a server that refuses the number: its status in one line, and exit code 1', async () => {
  const address = await serve((call) => {
    call.once('data', () => fail(call, { code: status.INVALID_ARGUMENT, details: 'no\nnumber' }));
  });
  expect(await run(client(address, 'abc'), { cwd })).toEqual({
    exit: 1,
    stdout: lines(waiting('abc')),
    stderr: 'Error: INVALID_ARGUMENT: no number\n',
  });
});

test.concurrent('a protocol error: one line, and exit code 1', async () => {
  expect(await run(client(await serve(tell(NEW, {})), '123'), { cwd })).toEqual({
    exit: 1,
    stdout: lines(waiting('123'), entered('123', 'NEW')),
    stderr: 'Error: INTERNAL: the server sent neither call_info nor call_state\n',
  });
});

test.concurrent('a server that is killed in a call: one line, and exit code 1', async () => {
  const server = start(['node', '--import', 'tsx', 'test/fixtures/server.ts']);
  const [, address = ''] = await server.prints(/^(\S+)\n/);
  const ann = start(client(address, '123'));
  await ann.prints(/Consuming/);
  server.signal('SIGKILL');
  expect(await ann.ended).toBe(1);
  expect(ann.stdout).toBe(lines(...untilActive('123'), CONSUMED));
  expect(ann.stderr).toMatch(/^Error: (UNAVAILABLE|CANCELLED|INTERNAL): .*\n$/);
});

test.concurrent('the output may be closed by who reads it; then the call is hung up', async () => {
  let cancelled = false;
  const address = await serve((call) => {
    call.once('cancelled', () => {
      cancelled = true;
    });
    const ring = setInterval(() => call.write(NEW), 10);
    call.once('cancelled', () => clearInterval(ring));
  });
  const pipeline = ['bash', '-c', 'set -o pipefail; "$@" | head -n 1', 'bash', ...client(address, '123')];
  expect(await run(pipeline, { cwd })).toEqual({ exit: 0, stdout: lines(waiting('123')), stderr: '' });
  await until(() => cancelled);
});

test.concurrent.each([
  { args: ['--frobnicate'], told: "unknown option '--frobnicate'" },
  { args: ['123', '456'], told: 'too many arguments' },
])('wrong usage is told in one line, then the usage; exit code 2, and no call: $args', async ({ args, told }) => {
  let calls = 0;
  const address = await serve((call) => {
    calls++;
    call.end();
  });
  const { exit, stdout, stderr } = await run(client(address, ...args), { cwd });
  expect({ exit, stdout, calls }).toEqual({ exit: 2, stdout: '', calls: 0 });
  expect(stderr).toContain(`error: ${told}`);
  expect(stderr).toMatch(/^error: .*\n\nUsage: call-client \[options\] \[number\]\n/);
});
