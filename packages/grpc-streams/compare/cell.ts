// One stack, one row, in a process of its own, which may crash or hang:
//   node --import tsx cell.ts <stack> <kind> <event>
// Prints the verdict.

import { runRow } from '../test/matrix/run-row.ts';
import type { Stack } from '../test/matrix/stack.ts';
import { cellOf } from './cells.ts';
import { verdictOf } from './verdict.ts';

const [name = '', kind = '', event = ''] = process.argv.slice(2);
const cell = cellOf(name, kind, event);
const { stack } = (await import(cell.module)) as { stack: Stack };
const verdict = verdictOf(cell.row, await runRow(stack, cell.kind, cell.row));
process.stdout.write(verdict, () => process.exit());
