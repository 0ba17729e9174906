import { join } from 'node:path';
import { programCommand, run } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { systems } from '../src/soak/systems.ts';

test('in a minute of calls that end in every way, no server keeps anything', async () => {
  const main = join(import.meta.dirname, '../src/soak/main.ts');
  const { exit, stdout, stderr } = await run(programCommand(main, '--minutes', '1'));
  expect({ exit, stderr }, stdout).toEqual({ exit: 0, stderr: '' });
  for (const name of Object.keys(systems)) expect(stdout).toMatch(new RegExp(`^${name} +calls `, 'm'));
  expect(stdout.match(/^nothing kept$/gm)).toHaveLength(Object.keys(systems).length);
});
