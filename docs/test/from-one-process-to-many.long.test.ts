import { join } from 'node:path';
import { builtNatsServer, programCommand, readmeBlocks, run, staleBlocks } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';

const page = join(import.meta.dirname, '../from-one-process-to-many.md');
const main = join(import.meta.dirname, '../../tools/demo/src/main.ts');

test('replicas and the broker are killed, and nothing is lost; the page shows it', async (context) => {
  await builtNatsServer(context);
  const { exit, stdout, stderr } = await run(programCommand(main, 'datahub', '--replicas', '2'));
  expect({ exit, stderr }, stdout).toEqual({ exit: 0, stderr: '' });
  const real: Record<string, string> = {};
  for (const { source, text } of readmeBlocks(page)) real[source] = text;
  expect(staleBlocks(page, { ...real, kill: stdout.trimEnd() })).toEqual([]);
});
