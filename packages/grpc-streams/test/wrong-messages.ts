// No test by itself: `tsc` checks that a message of the wrong type is an error.
import { bidiStreaming, clientStreaming, serverStreaming, unary } from '../src/index.ts';
import type { Ask, TestHandlers } from './test-client.ts';

export const handlers: TestHandlers = {
  // @ts-expect-error the text is missing
  say: unary(async ({ n }) => ({ n })),
  // @ts-expect-error the text is missing
  collect: clientStreaming(async () => ({ n: 1 })),
  // @ts-expect-error the text is missing
  list: serverStreaming(async function* ({ n }) {
    yield { n };
  }),
  // @ts-expect-error the text is missing
  talk: bidiStreaming(async function* (asks) {
    for await (const { n } of asks) yield { n };
  }),
};

export const talk: TestHandlers['talk'] = bidiStreaming(async function* (asks: AsyncIterable<Ask>) {
  for await (const ask of asks) {
    // @ts-expect-error there is no such field
    yield { n: ask.m, text: '' };
  }
});
