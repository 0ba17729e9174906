import { testClientProgram } from '@grpc-by-example/testing/program-tests';
import { expect, test } from 'vitest';
import type { Int64Value } from '../../proto/test/contract.mts';
import { fail, type PeerIncrementalSum } from './calc-peer.ts';
import { ok, program, serve } from './start.ts';

// command.test.ts has the arguments one by one.
testClientProgram(program, {
  args: ['incremental', '-'],
  wrong: [
    [['sum', '1', '2.5'], '"2.5" is not a signed 64-bit integer'],
    [['subtract'], '"subtract" is not a signed 64-bit integer'],
  ],
  usage: /^Usage: calc-client (sum|incremental) \[options\] \[integers\.\.\.\]$/,
  async countCalls() {
    let calls = 0;
    const count = () => calls++;
    return { address: await serve({ sum: count, incrementalSum: count }), calls: () => calls };
  },
  victim: { fixture: 'server.ts', input: '1\n', printed: /Value: 1\n/ },
});

const TOTALS = [1, 3, 6, 10, 15, 21, 28, 36, 45, 55].map((total) => `Value: ${total}`);

test.concurrent.each([
  ['', ['Value: 55']],
  ['incremental', [...TOTALS, 'Complete.']],
  ['-5 -9223372036854775803', ['Value: -9223372036854775808']],
])('the arguments "%s"', async (args, lines) => {
  expect(await program.run(await serve(), ...args.split(' ').filter(Boolean))).toEqual(ok(...lines));
});

test.concurrent('an overflow is reported on one line, and exit code 1', async () => {
  const stderr = 'Error: OUT_OF_RANGE: too much\n';
  expect(await program.run(await serve(), 'sum', '9223372036854775807', '1')).toEqual({ exit: 1, stdout: '', stderr });
});

test.concurrent('a server that fails in the middle: its sums, then its status on one line, and exit code 1', async () => {
  const address = await serve({
    incrementalSum: (call: PeerIncrementalSum) => {
      call.on('data', ({ value = '0' }: Int64Value) => {
        if (value !== '99') call.write({ value });
        else fail(call, { code: 15, details: 'two\nlines' });
      });
    },
  });
  const calc = program.start(address, 'incremental', '-');
  calc.type('1\n');
  await calc.prints(/Value: 1\n/);
  calc.type('99\n');
  expect(await calc.ended).toBe(1); // though its input is still open
  expect(calc).toMatchObject({ stdout: 'Value: 1\n', stderr: 'Error: DATA_LOSS: two lines\n' });
});
