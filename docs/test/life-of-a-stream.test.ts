import { join } from 'node:path';
import { staleBlocks } from '@grpc-by-example/testing';
import { toMermaid } from 'stream-trace';
import { expect, test } from 'vitest';
import type { Kind } from '../src/life/client.ts';
import { ENDINGS, type Ending, KINDS, live } from '../src/life/live.ts';
import { tell } from '../src/life/tell.ts';
import { agreeing, described, maybeMissing } from './agree.ts';

const page = join(import.meta.dirname, '../life-of-a-stream.md');
const real: Record<string, string> = {};

const pictures: Partial<Record<Ending, [title: string, description: string]>> = {
  ok: ['A bidirectional call that succeeds', 'A message each way, the half-close of the client, then the status OK.'],
  cancel: ['A client cancels', 'The client sends cancel. The server learns that the call was cancelled.'],
  'client killed': [
    'A client is killed',
    'The client sends nothing more. The server learns that the call was cancelled.',
  ],
  'server stops': ['A server stops', 'The server sends the status UNAVAILABLE to a call that is open.'],
};

async function record(kind: Kind, ending: Ending): Promise<string[]> {
  const life = await live(kind, ending);
  const picture = kind === 'bidiStreaming' && pictures[ending];
  if (picture) real[`bidi ${ending}`] = described(toMermaid(life.trace), ...picture);
  return [ending, ...tell(life).map((line) => `  ${line}`)];
}

test.concurrent.each(KINDS)('%s: what both sides see, whatever ends the call', async (kind) => {
  const lines = await Promise.all(ENDINGS.map((ending) => record(kind, ending)));
  real[kind] = agreeing(page, kind, lines.flat(), maybeMissing);
});

test('every block of the page is what was recorded', () => {
  expect(staleBlocks(page, real)).toEqual([]);
});
