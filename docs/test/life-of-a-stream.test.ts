import { join } from 'node:path';
import { staleBlocks } from '@grpc-by-example/testing';
import { stalePicture } from 'stream-trace/testing';
import { expect, test } from 'vitest';
import type { Kind } from '../src/life/client.ts';
import { ENDINGS, type Ending, KINDS, live } from '../src/life/live.ts';
import { tell } from '../src/life/tell.ts';
import { agreeing, maybeMissing } from './agree.ts';

const page = join(import.meta.dirname, '../life-of-a-stream.md');
const real: Record<string, string> = {};

const pictures: Partial<Record<Ending, string>> = {
  ok: 'A bidirectional call that succeeds',
  cancel: 'A client cancels',
  'client killed': 'A client is killed',
  'server stops': 'A server stops',
};

async function record(kind: Kind, ending: Ending): Promise<string[]> {
  const life = await live(kind, ending);
  const title = kind === 'bidiStreaming' && pictures[ending];
  if (title) {
    const path = join(import.meta.dirname, `../pictures/bidi-${ending.replace(' ', '-')}.svg`);
    expect(stalePicture(path, { title, events: life.trace })).toEqual([]);
  }
  return [ending, ...tell(life).map((line) => `  ${line}`)];
}

test.concurrent.each(KINDS)('%s: what both sides see, whatever ends the call', async (kind) => {
  const lines = await Promise.all(ENDINGS.map((ending) => record(kind, ending)));
  real[kind] = agreeing(page, kind, lines.flat(), maybeMissing);
});

test('every block of the page is what was recorded', () => {
  expect(staleBlocks(page, real)).toEqual([]);
});
