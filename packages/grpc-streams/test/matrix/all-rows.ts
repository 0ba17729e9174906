import { bidiRows } from './bidi.ts';
import { clientStreamingRows } from './client-streaming.ts';
import type { Kind } from './plans.ts';
import type { NotApplicable, Row } from './rows.ts';
import { serverStreamingRows } from './server-streaming.ts';
import { unaryRows } from './unary.ts';

/** The rows of one kind of call. */
export type Entries = readonly (Row | NotApplicable)[];

export const matrix: readonly (readonly [Kind, Entries])[] = [
  ['unary', unaryRows],
  ['client streaming', clientStreamingRows],
  ['server streaming', serverStreamingRows],
  ['bidi', bidiRows],
];
