import { join } from 'node:path';
import { readmeBlocks, run, staleBlocks } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';

const docs = join(import.meta.dirname, '..');
const page = join(docs, 'opentelemetry.md');

test('a call with a stream has spans, and so have the calls that its handler makes, as the page shows them', async () => {
  const modules = ['--import', 'tsx', '--import', './src/opentelemetry/instrument.mjs'];
  const spans = await run(['node', ...modules, 'src/opentelemetry/spans.ts'], { cwd: docs });
  expect(spans, spans.stderr).toMatchObject({ exit: 0 });
  const real: Record<string, string> = {};
  for (const { kind, source, text } of readmeBlocks(page)) if (kind === 'commands') real[source] = text;
  expect(staleBlocks(page, { ...real, spans: spans.stdout })).toEqual([]);
});
