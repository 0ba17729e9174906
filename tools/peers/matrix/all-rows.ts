import { bidiRows } from './bidi.ts';
import { clientStreamingRows } from './client-streaming.ts';
import type { Kind } from './plans.ts';
import type { Row } from './rows.ts';
import { serverStreamingRows } from './server-streaming.ts';
import { unaryRows } from './unary.ts';

/** Every row, with the kind of its call. */
export const matrix: readonly (readonly [Kind, Row])[] = [
  ...unaryRows.map((row) => ['unary', row] as const),
  ...clientStreamingRows.map((row) => ['client streaming', row] as const),
  ...serverStreamingRows.map((row) => ['server streaming', row] as const),
  ...bidiRows.map((row) => ['bidi', row] as const),
];
