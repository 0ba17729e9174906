import type { Kind } from '../test/matrix/plans.ts';
import type { Row } from '../test/matrix/rows.ts';
import type { Stack } from '../test/matrix/stack.ts';

/** A stack that this package is compared with. */
export interface Peer extends Stack {
  /** Whether the stack has a way, by its design, to do what the row is about. */
  canDo(kind: Kind, row: Row): boolean;
}

/** The status of a client that has left its loop and learns nothing more of its call. */
export const LEFT = 'left';
