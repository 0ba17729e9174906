import { matrix } from '../test/matrix/all-rows.ts';
import type { Kind } from '../test/matrix/plans.ts';
import type { Row } from '../test/matrix/rows.ts';
import { isRow } from '../test/matrix/table.ts';
import { EVENTS } from './events.ts';

/** The stacks, by the heads of their columns. */
export const STACKS: Readonly<Record<string, string>> = {
  'grpc-streams': '../test/matrix/ours.ts',
  'grpc-js, for await': './stacks/for-await.ts',
  'grpc-js, pipeline': './stacks/pipeline.ts',
  'grpc-js, events': './stacks/events.ts',
  'nice-grpc': './stacks/nice-grpc.ts',
};

/** One row on one stack. */
export interface Cell {
  readonly stack: string;
  /** The module of the stack. */
  readonly module: string;
  readonly kind: Kind;
  readonly row: Row;
}

/** All that is to be compared, event by event. */
export function cells(): Cell[] {
  const rows = matrix.flatMap(([kind, entries]) => entries.filter(isRow).map((row) => ({ kind, row })));
  return EVENTS.flatMap((event) => {
    const ofEvent = rows.filter(({ row }) => row.event === event);
    if (ofEvent.length === 0) throw new Error(`the matrix has no event '${event}'`);
    return Object.entries(STACKS).flatMap(([stack, module]) =>
      ofEvent.map(({ kind, row }) => ({ stack, module, kind, row })),
    );
  });
}

export function cellOf(stack: string, kind: string, event: string): Cell {
  const found = cells().find((cell) => cell.stack === stack && cell.kind === kind && cell.row.event === event);
  if (!found) throw new Error(`there is no ${stack}, ${kind}, ${event}`);
  return found;
}
