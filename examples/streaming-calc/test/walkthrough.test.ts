import { join } from 'node:path';
import { asAtPort, failures, firstLine, listenInSilence, until, Walkthrough } from '@grpc-by-example/testing';
import { ClientProgram } from '@grpc-by-example/testing/program-tests';
import { hasEnded, recordOf, stalePicture } from 'stream-trace/testing';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, '..');
const page = new Walkthrough(join(folder, 'README.md'), join(folder, '../..'));
const { real } = page;
const failed: Record<string, string> = {};

/** For all but the commands that the reader types first, which pnpm runs: without it a start costs a quarter. */
const client = new ClientProgram('calc-client', join(folder, 'client'));

const ONE_TO_TEN = [1, 3, 6, 10, 15, 21, 28, 36, 45, 55].map((sum) => `Value: ${sum}\n`).join('');

test.concurrent('the server and the client print what the document says, and stop in order', async () => {
  const { server, at } = await page.startServer('calc-server', 9091, '--trace');
  const [, address = ''] = at;
  const open = client.start(address, 'incremental', '-');
  const [byDefault, incremental, own, sum, sums, overflow] = await Promise.all([
    page.run('calc-client', at),
    client.run(address, 'incremental'),
    client.run(address, 'incremental', '3', '-5', '9223372036854775807'),
    client.run(address, '--trace=50', 'sum', '1', '2', '3'),
    client.run(address, '--trace=50', 'incremental', '1', '2', '3'),
    client.run(address, 'sum', '9223372036854775807', '1'),
  ]);
  expect(byDefault).toEqual({ exit: 0, stdout: 'Value: 55\n', stderr: '' });
  expect(incremental).toEqual({ exit: 0, stdout: `${ONE_TO_TEN}Complete.\n`, stderr: '' });
  expect(overflow).toMatchObject({ exit: 1, stdout: '' });
  real.sum = byDefault.stdout;
  real['your own'] = own.stdout;
  real['sum of three'] = sum.stdout;
  real['sums of three'] = sums.stdout;
  real.overflow = firstLine(overflow.stderr);

  for (const [name, title, { stderr }] of [
    ['client-streaming', 'The sum of three values', sum],
    ['bidirectional-streaming', 'The sum after each of three values', sums],
  ] as const) {
    await until(() => hasEnded(recordOf(stderr, server.stderr)));
    const picture = { title, events: recordOf(stderr, server.stderr) };
    expect(stalePicture(join(folder, `pictures/${name}.svg`), picture)).toEqual([]);
  }

  open.type('1\n');
  await open.prints(/Value: 1\n/);
  server.signal('SIGINT');
  expect([await server.ended, await open.ended]).toEqual([0, 1]);
  failed['server stops'] = open.stderr;
});

test.concurrent('mistakes are reported on one line', async () => {
  const [noServer, wrong, wrongLine] = await Promise.all([
    client.run('127.0.0.1:1'),
    client.run('127.0.0.1:1', 'sum', '1', 'two'),
    // Nobody refuses it, which could come first.
    client.runWith('1\ntwo\n3\n', (await listenInSilence()).address, 'sum', '-'),
  ]);
  expect([wrong, wrongLine]).toMatchObject([
    { exit: 2, stdout: '' },
    { exit: 2, stdout: '' },
  ]);
  failed['no server'] = asAtPort(9091, noServer.stderr);
  failed['wrong value'] = wrong.stderr;
  failed['wrong line'] = wrongLine.stderr;
});

test('the sum of a million values is exact, and no number could hold it', () => {
  const [, first = '', last = ''] = page.block('a million').match(/^seq -f %\.0f (\d+) (\d+) \|/) ?? [];
  expect(BigInt(last) - BigInt(first)).toBe(999_999n);
  let sum = 0n;
  for (let value = BigInt(first); value <= BigInt(last); value++) sum += value;
  expect(BigInt(Number(sum))).not.toBe(sum);
  // million.long.test.ts has the client add it up.
  real['a million values'] = `Value: ${sum}`;
});

test('every block of the walkthrough is what the files hold or what the programs print', () => {
  expect(page.block('prune')).toBe('pnpm exec turbo prune calc-server calc-client --out-dir my-calc\n');
  real.failures = failures({
    'The server is stopped:': failed['server stops'],
    'There is none:': failed['no server'],
    'An argument is wrong:': failed['wrong value'],
    'A line of the input is wrong:': failed['wrong line'],
  });
  // what-if.test.ts compares one.
  expect(page.stale('rounded')).toEqual([]);
});
