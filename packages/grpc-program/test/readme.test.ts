import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asAtPort, run, staleBlocks, until } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { SERVER_DEFAULTS } from '../src/server/server-limits.ts';
import { fixture, logLines, start } from './programs.ts';

test('the blocks of the README are the files and what the programs print', async () => {
  const server = start(fixture('readme-server', '--port', '0'));
  const [, port = ''] = await server.prints(/localhost:(\d+)\. /);
  const client = await run(fixture('readme-client', '--address', `localhost:${port}`, 'one', 'two'));
  expect(client).toMatchObject({ exit: 0, stderr: '' });
  await until(() => logLines(server).length === 1);
  server.signal('SIGTERM');
  expect(await server.ended).toBe(0);

  const alone = await run(fixture('readme-client', '--address', '127.0.0.1:1', 'one'));

  const line = JSON.parse(server.stderr);
  const asShown = { time: 1_790_000_000_000, id: '4711-1', peer: '127.0.0.1:50123', milliseconds: 12 };
  expect(Object.keys(line)).toEqual(expect.arrayContaining(Object.keys(asShown)));
  const help = await Promise.all(['server', 'client'].map((name) => run(fixture(`readme-${name}`, '--help'))));
  expect(help).toMatchObject(Array(2).fill({ exit: 0, stderr: '' }));
  expect(
    staleBlocks(join(import.meta.dirname, '../README.md'), {
      server: server.stdout.replace(/localhost:\d+/, 'localhost:9090').replace(/ --address \S+/, ''),
      client: client.stdout,
      'no server': asAtPort(9090, alone.stderr),
      'log line': JSON.stringify({ ...line, ...asShown }),
      'server help': help[0]?.stdout ?? '',
      'client help': help[1]?.stdout ?? '',
    }),
  ).toEqual([]);
});

test('the table of the limits has the defaults', () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
  const rows = [...readme.matchAll(/^\| `--([a-z-]+)` \| ([\d,]+)/gm)];
  const inTable = rows.map(([, option = '', number = '']) => [
    option.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase()),
    Number(number.replaceAll(',', '')),
  ]);
  const { host, graceSeconds, ...limits } = SERVER_DEFAULTS;
  expect(Object.fromEntries(inTable)).toEqual(limits);
});
