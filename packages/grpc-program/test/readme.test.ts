import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Program, run, staleBlocks, until } from 'testing';
import { expect, onTestFinished, test } from 'vitest';
import { logLines } from './programs.ts';

const SLOW = { timeout: 30_000 };
const read = (file: string) => readFileSync(join(import.meta.dirname, '..', file), 'utf8');
const command = (name: string, ...args: string[]) => ['node', '--import', 'tsx', `test/readme/${name}.ts`, ...args];

test('the blocks of the README are the files and what the programs print', SLOW, async () => {
  const server = new Program(command('server', '--port', '0'));
  onTestFinished(() => server[Symbol.asyncDispose]());
  const [, port = ''] = await server.prints(/localhost:(\d+)\. /);
  const client = await run(command('client', '--address', `localhost:${port}`, 'one', 'two'));
  expect(client).toMatchObject({ exit: 0, stderr: '' });
  await until(() => logLines(server).length === 1);
  server.signal('SIGTERM');
  expect(await server.ended).toBe(0);

  const line = JSON.parse(server.stderr);
  const asShown = { time: 1_790_000_000_000, id: '4711-1', peer: '127.0.0.1:50123', milliseconds: 12 };
  expect(Object.keys(line)).toEqual(expect.arrayContaining(Object.keys(asShown)));
  expect(
    staleBlocks(join(import.meta.dirname, '../README.md'), {
      server: server.stdout.replace(/localhost:\d+/, 'localhost:9090').replace(/ --address \S+/, ''),
      client: client.stdout,
      'log line': JSON.stringify({ ...line, ...asShown }),
      'server help': (await run(command('server', '--help'))).stdout,
      'client help': (await run(command('client', '--help'))).stdout,
    }),
  ).toEqual([]);
});

test('the README shows faults.md, which the tests of the faults wrote', () => {
  const shown = read('README.md').match(/<!-- faults.md -->\n([\s\S]*?)<!-- end -->/)?.[1];
  expect(shown?.trim()).toBe(read('faults.md').trim());
});
