import { join } from 'node:path';
import { programCommand, readmeBlocks, run, staleBlocks } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';

const page = join(import.meta.dirname, '../from-one-process-to-many.md');
const main = join(import.meta.dirname, '../../examples/datahub-egress/server/src/main.ts');

test('every block of the page is what the files hold or what the programs print', async () => {
  const real: Record<string, string> = {};
  for (const { kind, source, text } of readmeBlocks(page)) {
    // The demo is run in a long test.
    if (kind === 'commands' || source === 'kill') real[source] = text;
  }
  const { stderr } = await run(programCommand(main, '--port', '0', '--broker', 'nats://127.0.0.1:1'));
  real['no broker'] = stderr.trimEnd().replace('127.0.0.1:1', 'localhost:4222');
  const [, options = ''] = (await run(programCommand(main, '--help'))).stdout.split('Replicas:\n');
  real.options = (options.split('\n\n')[0] ?? '').replaceAll(/^ {2}/gm, '');
  expect(staleBlocks(page, real)).toEqual([]);
});
