import { join } from 'node:path';
import { Program, readmeBlocks, run, staleBlocks } from 'testing';
import { expect, test } from 'vitest';

const readme = join(import.meta.dirname, '../README.md');
const cwd = join(import.meta.dirname, '../../..');
const real: Record<string, string> = {};

const start = (program: string, ...args: string[]) => ['pnpm', '--silent', '--filter', program, 'start', ...args];
const firstLine = (text: string) => text.split('\n', 1)[0] ?? '';
const ONE_TO_TEN = [1, 3, 6, 10, 15, 21, 28, 36, 45, 55].map((sum) => `Value: ${sum}\n`).join('');

test('the server and the client print what the document says, and stop in order', { timeout: 60_000 }, async () => {
  await using server = new Program(start('calc-server', '--port', '0'), { cwd });
  const [, address = ''] = await server.prints(/ listens on (\S+)\./);
  const calc = async (...args: string[]) => run(start('calc-client', ...args, '--address', address), { cwd });
  real.server = server.stdout.replace(` --address ${address}`, '').replace(address, 'localhost:9091');

  expect(await calc()).toEqual({ exit: 0, stdout: 'Value: 55\n', stderr: '' });
  expect(await calc('incremental')).toEqual({ exit: 0, stdout: `${ONE_TO_TEN}Complete.\n`, stderr: '' });
  real.sum = 'Value: 55';
  real.incremental = `${ONE_TO_TEN}Complete.`;

  real['your own'] = (await calc('incremental', '3', '-5', '9223372036854775807')).stdout;
  real['sum of three'] = (await calc('sum', '1', '2', '3')).stdout;
  real['sums of three'] = (await calc('incremental', '1', '2', '3')).stdout;
  const overflow = await calc('sum', '9223372036854775807', '1');
  expect(overflow).toMatchObject({ exit: 1, stdout: '' });
  real.overflow = firstLine(overflow.stderr);

  await using open = new Program(start('calc-client', 'incremental', '-', '--address', address), { cwd });
  open.type('1\n');
  await open.prints(/Value: 1\n/);
  server.signal('SIGINT');
  expect([await server.ended, await open.ended]).toEqual([0, 1]);
  real['server stops'] = firstLine(open.stderr);
});

test('mistakes are told in one line', { timeout: 30_000 }, async () => {
  const nobody = await run(start('calc-client', '--address', '127.0.0.1:1'), { cwd });
  real['no server'] = firstLine(nobody.stderr).replace('127.0.0.1:1', '127.0.0.1:9091');
  const wrong = await run(start('calc-client', 'sum', '1', 'two'), { cwd });
  expect(wrong).toMatchObject({ exit: 1, stdout: '' }); // that of pnpm, which hides the 2 of the program
  real['wrong value'] = firstLine(wrong.stderr);
  const wrongLine = await run(start('calc-client', 'sum', '-'), { cwd, input: '1\ntwo\n3\n' });
  expect(wrongLine).toMatchObject({ exit: 1, stdout: '' });
  real['wrong line'] = firstLine(wrongLine.stderr);
});

test('the diagrams of the walkthrough show the messages of a run', () => {
  const diagram = (name: string) => {
    const text = readmeBlocks(readme).find(({ kind, source }) => kind === 'diagram' && source === name)?.text ?? '';
    real[name] = text;
    return { up: text.match(/(?<=->>server: ).*/g), down: text.match(/(?<=-->>client: ).*/g) };
  };
  const sums = (output: string | undefined) => output?.match(/(?<=^Value: ).*/gm) ?? [];
  expect(diagram('client streaming')).toEqual({
    up: ['/StreamingCalcService/sum', '1', '2', '3', 'half-close'],
    down: [...sums(real['sum of three']), 'status OK'],
  });
  expect(diagram('bidirectional streaming')).toEqual({
    up: ['/StreamingCalcService/incrementalSum', '1', '2', '3', 'half-close'],
    down: [...sums(real['sums of three']), 'status OK'],
  });
});

test('every block of the walkthrough is what the files hold or what the programs print', () => {
  const blocks = readmeBlocks(readme);
  // The commands are run above; million.test.ts and what-if.test.ts compare the others.
  for (const { kind, source, text } of blocks) {
    if (kind === 'commands' || ['a million values', 'rounded'].includes(source)) real[source] = text;
  }
  const prune = blocks.find(({ source }) => source === 'prune')?.text;
  expect(prune).toBe('pnpm exec turbo prune calc-server calc-client --out-dir my-calc\n');
  expect(staleBlocks(readme, real)).toEqual([]);
});
