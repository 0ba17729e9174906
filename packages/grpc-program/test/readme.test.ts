import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { programCommand, readmeBlocks, run, staleBlocks, temporaryFolder } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { SERVER_DEFAULTS } from '../src/server/server-limits.ts';
import { runExample } from './run-example.ts';

const page = join(import.meta.dirname, '../README.md');
const example = join(import.meta.dirname, 'example');
const commandOf = (program: string, ...args: string[]) => programCommand(join(example, `${program}.js`), ...args);

test('the blocks of the README are the files and what the programs print', async () => {
  const printed = await runExample(commandOf, temporaryFolder());
  const help = await Promise.all(['server', 'client'].map((name) => run(commandOf(name, '--help'))));
  expect(help).toMatchObject(Array(2).fill({ exit: 0, stderr: '' }));
  const commands = readmeBlocks(page).filter(({ kind }) => kind === 'commands');
  expect(
    staleBlocks(page, {
      ...Object.fromEntries(commands.map(({ source, text }) => [source, text])),
      ...printed,
      'server help': help[0]?.stdout ?? '',
      'client help': help[1]?.stdout ?? '',
    }),
  ).toEqual([]);
});

test('the service of the README, with its test, has 80 lines at most, and the README shows all of them', () => {
  const files = readdirSync(example);
  const lines = files.flatMap((file) => readFileSync(join(example, file), 'utf8').trimEnd().split('\n'));
  expect(lines.length).toBeLessThanOrEqual(80);
  const shown = readmeBlocks(page).map(({ source }) => source);
  expect(shown).toEqual(expect.arrayContaining(files.map((file) => `test/example/${file}`)));
});

test('the table of the limits has the defaults', () => {
  const readme = readFileSync(page, 'utf8');
  const rows = [...readme.matchAll(/^\| `--([a-z-]+)` \| ([\d,]+)/gm)];
  const inTable = rows.map(([, option = '', number = '']) => [
    option.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase()),
    Number(number.replaceAll(',', '')),
  ]);
  const { host, graceSeconds, ...limits } = SERVER_DEFAULTS;
  expect(Object.fromEntries(inTable)).toEqual(limits);
});
