import { expect, test } from 'vitest';
import { calcCommand, type Job } from '../src/command.ts';
import { incrementalSum } from '../src/incremental-sum.ts';
import { sum } from '../src/sum.ts';

/** What a command line asks for, in this process, and what it prints. */
async function parse(...args: string[]): Promise<{ jobs: Job[]; printed: string }> {
  const jobs: Job[] = [];
  let printed = '';
  const command = calcCommand(async (job) => {
    jobs.push(job);
  });
  const writeErr = (text: string) => {
    printed += text;
  };
  // A command takes the output of its parent when it is made, so each of them is told.
  command.configureOutput({ writeErr });
  for (const child of command.commands) child.configureOutput({ writeErr });
  await command.parseAsync(args, { from: 'user' }).catch(() => {}); // it has been printed
  return { jobs, printed };
}

const ONE_TO_TEN = [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n, 10n];

test.each([
  ['', sum, ONE_TO_TEN],
  ['sum', sum, ONE_TO_TEN],
  ['incremental', incrementalSum, ONE_TO_TEN],
  ['sum 1 2 3', sum, [1n, 2n, 3n]],
  ['sum 1 -2 3', sum, [1n, -2n, 3n]],
  ['sum -5', sum, [-5n]],
  ['-5 -6', sum, [-5n, -6n]],
  ['incremental -1 -9223372036854775807', incrementalSum, [-1n, -9_223_372_036_854_775_807n]],
  ['sum -- -1 -2', sum, [-1n, -2n]],
  ['sum 9223372036854775806 1', sum, [9_223_372_036_854_775_806n, 1n]],
  ['sum -', sum, undefined],
  ['incremental -', incrementalSum, undefined],
])('the arguments "%s"', async (args, operation, values) => {
  const { jobs, printed } = await parse(...args.split(' ').filter(Boolean));
  expect(printed).toBe('');
  expect(jobs).toEqual([{ operation, values, target: expect.objectContaining({ address: 'localhost:9091' }) }]);
});

test.each(['--address host:1 sum 1 -2', 'sum 1 --address host:1 -2', 'sum 1 -2 --address=host:1'])(
  'options may come before, between and after the integers: %s',
  async (args) => {
    const { jobs } = await parse(...args.split(' '));
    expect(jobs).toMatchObject([{ values: [1n, -2n], target: { address: 'host:1' } }]);
  },
);

test.each([
  ['sum abc', '"abc" is not a signed 64-bit integer'],
  ['sum 1 2.5', '"2.5" is not a signed 64-bit integer'],
  ['sum -1e3', '"-1e3" is not a signed 64-bit integer'],
  ['incremental 9223372036854775808', '"9223372036854775808" is not a signed 64-bit integer'],
  ['sum -9223372036854775809', '"-9223372036854775809" is not a signed 64-bit integer'],
  ['sum 1 -', '"-" is not a signed 64-bit integer'],
  ['subtract', '"subtract" is not a signed 64-bit integer'],
  ['sum -5x', "unknown option '-5x'"],
  ['sum --frobnicate', "unknown option '--frobnicate'"],
])('wrong usage is reported on one line, then the usage, and nothing is done: %s', async (args, message) => {
  const { jobs, printed } = await parse(...args.split(' '));
  expect(jobs).toEqual([]);
  const [line, empty, usage] = printed.split('\n');
  expect([line, empty]).toEqual([`error: ${message}`, '']);
  expect(usage).toMatch(/^Usage: calc-client (sum|incremental) \[options\] \[integers\.\.\.\]$/);
});
