import { bidiStreaming } from 'grpc-streams';
import type { Words } from './echo-service.ts';

/** A handler that says again what it hears, and tells of what is not the next message of its stream. */
export const echo = (onGap: () => void) =>
  bidiStreaming<Words, Words>(async function* (words) {
    let next = 1;
    for await (const { text } of words) {
      if (Number(text) !== next) onGap();
      next = Number(text) + 1;
      yield { text };
    }
  });
