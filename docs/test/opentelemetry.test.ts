import { join } from 'node:path';
import { run, staleBlocks } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';

const docs = join(import.meta.dirname, '..');
const page = join(docs, 'opentelemetry.md');

test('a call with a stream has spans, and so have the calls that its handler makes, as the page shows them', async () => {
  const modules = ['--import', 'tsx', '--import', './src/opentelemetry/instrument.mjs'];
  const spans = await run(['node', ...modules, 'src/opentelemetry/spans.ts'], { cwd: docs });
  expect(spans, spans.stderr).toMatchObject({ exit: 0 });
  const command = `pnpm --filter docs exec node ${modules.join(' ')} src/opentelemetry/spans.ts`;
  expect(staleBlocks(page, { run: command, spans: spans.stdout })).toEqual([]);
});
