import { run } from 'testing';
import { expect, test, vi } from 'vitest';
import { fail, type Int64Value, type PeerIncrementalSum } from './calc-peer.ts';
import { client, cwd, serve, start } from './start.ts';

vi.setConfig({ testTimeout: 30_000 });

const ok = (...lines: string[]) => ({ exit: 0, stdout: lines.map((line) => `${line}\n`).join(''), stderr: '' });
const TOTALS = [1, 3, 6, 10, 15, 21, 28, 36, 45, 55].map((total) => `Value: ${total}`);

test.concurrent.each([
  ['', ['Value: 55']],
  ['sum', ['Value: 55']],
  ['incremental', [...TOTALS, 'Complete.']],
  ['sum 1 2 3', ['Value: 6']],
  ['sum 1 -2 3', ['Value: 2']],
  ['sum -5', ['Value: -5']],
  ['-5 -6', ['Value: -11']],
  ['incremental -1 -9223372036854775807', ['Value: -1', 'Value: -9223372036854775808', 'Complete.']],
  ['sum -- -1 -2', ['Value: -3']],
  ['sum 9223372036854775806 1', ['Value: 9223372036854775807']],
  ['sum -9223372036854775807 -1', ['Value: -9223372036854775808']],
])('the arguments "%s"', async (args, lines) => {
  const address = await serve();
  expect(await run(client(address, ...args.split(' ').filter(Boolean)), { cwd })).toEqual(ok(...lines));
});

test.concurrent('options may come before, between and after the integers', async () => {
  const address = await serve();
  const command = ['node', '--import', 'tsx', 'src/main.ts'];
  for (const args of [
    ['--address', address, 'sum', '1', '-2'],
    ['sum', '1', '--address', address, '-2'],
    ['sum', '-2', '1', `--address=${address}`],
  ]) {
    expect(await run([...command, ...args], { cwd })).toEqual(ok('Value: -1'));
  }
});

test.concurrent.each([
  ['sum abc', '"abc" is not a signed 64-bit integer'],
  ['sum 1 2.5', '"2.5" is not a signed 64-bit integer'],
  ['sum -1e3', '"-1e3" is not a signed 64-bit integer'],
  ['incremental 9223372036854775808', '"9223372036854775808" is not a signed 64-bit integer'],
  ['sum -9223372036854775809', '"-9223372036854775809" is not a signed 64-bit integer'],
  ['sum 1 -', '"-" is not a signed 64-bit integer'],
  ['subtract', '"subtract" is not a signed 64-bit integer'],
  ['sum -5x', "unknown option '-5x'"],
  ['sum --frobnicate', "unknown option '--frobnicate'"],
])('wrong usage is told in one line, then the usage, exit code 2, and no call: %s', async (args, message) => {
  let calls = 0;
  const count = () => calls++;
  const address = await serve({ sum: count, incrementalSum: count });
  const { exit, stdout, stderr } = await run(client(address, ...args.split(' ')), { cwd });
  expect({ exit, stdout, calls }).toEqual({ exit: 2, stdout: '', calls: 0 });
  const [line, empty, usage] = stderr.split('\n');
  expect([line, empty]).toEqual([`error: ${message}`, '']);
  expect(usage).toMatch(/^Usage: calc-client (sum|incremental) \[options\] \[integers\.\.\.\]$/);
});

test.concurrent('an overflow is told in one line, and exit code 1', async () => {
  const address = await serve();
  for (const operation of ['sum', 'incremental']) {
    const { exit, stderr } = await run(client(address, operation, '9223372036854775807', '1'), { cwd });
    expect({ exit, stderr }).toEqual({ exit: 1, stderr: 'Error: OUT_OF_RANGE: too much\n' });
  }
});

test.concurrent('without a server the program says so in one line and exits with 1', async () => {
  const { exit, stdout, stderr } = await run(client('127.0.0.1:1', 'sum', '1'), { cwd });
  expect(stderr).toMatch(/^Error: UNAVAILABLE: .*127\.0\.0\.1:1.*\n$/);
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' });
});

test.concurrent('a server that answers with bytes that are no value: one line, and exit code 1', async () => {
  const address = await serve({}, Buffer.from([0x08]));
  for (const operation of ['sum', 'incremental']) {
    expect(await run(client(address, operation), { cwd })).toEqual({
      exit: 1,
      stdout: '',
      stderr: 'Error: INTERNAL: Response message parsing error: the message is not a google.protobuf.Int64Value\n',
    });
  }
});

test.concurrent('a server that fails in the middle: its sums, then its status in one line, and exit code 1', async () => {
  const address = await serve({
    incrementalSum: (call: PeerIncrementalSum) => {
      call.on('data', ({ value = '0' }: Int64Value) => {
        if (value !== '99') call.write({ value });
        else fail(call, { code: 15, details: 'two\nlines' });
      });
    },
  });
  const calc = start(client(address, 'incremental', '-'));
  calc.type('1\n');
  await calc.prints(/Value: 1\n/);
  calc.type('99\n');
  expect(await calc.ended).toBe(1); // though its input is still open
  expect(calc).toMatchObject({ stdout: 'Value: 1\n', stderr: 'Error: DATA_LOSS: two lines\n' });
});
