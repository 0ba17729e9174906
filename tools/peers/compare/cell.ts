// One stack, one row, in a process of its own, which may crash or hang: `cell.js STACK KIND EVENT`. Prints the verdict.
import { join } from 'node:path';
import { runRow } from '../matrix/run-row.ts';
import { cellOf } from './cells.ts';
import { verdictOf } from './verdict.ts';

const clientProcess = [process.execPath, join(process.argv[1] ?? '', '../../matrix/client-process/main.js')];
const [name = '', kind = '', event = ''] = process.argv.slice(2);
const { stack, kind: kindOfCall, row } = cellOf(name, kind, event);
const verdict = verdictOf(row, await runRow(stack, kindOfCall, row, { clientProcess, callMs: 6_000, settleMs: 1_500 }));
process.stdout.write(verdict, () => process.exit());
