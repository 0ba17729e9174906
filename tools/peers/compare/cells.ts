import { matrix } from '../matrix/all-rows.ts';
import { STACKS, type StackName } from '../matrix/load-stack.ts';
import type { Kind } from '../matrix/plans.ts';
import type { Row } from '../matrix/rows.ts';
import { EVENTS } from './events.ts';

/** One row on one stack. */
export interface Cell {
  readonly stack: StackName;
  readonly kind: Kind;
  readonly row: Row;
}

/** All that is to be compared, event by event. */
export function cells(): Cell[] {
  return EVENTS.flatMap((event) => {
    const ofEvent = matrix.filter(([, row]) => row.event === event);
    if (ofEvent.length === 0) throw new Error(`the matrix has no event '${event}'`);
    return STACKS.flatMap((stack) => ofEvent.map(([kind, row]) => ({ stack, kind, row })));
  });
}

export function cellOf(stack: string, kind: string, event: string): Cell {
  const found = cells().find((cell) => cell.stack === stack && cell.kind === kind && cell.row.event === event);
  if (!found) throw new Error(`there is no ${stack}, ${kind}, ${event}`);
  return found;
}
