// Runs the events of the matrix on grpc-streams and its peers, and writes result.md: `pnpm --filter peers compare`.
import { writeFileSync } from 'node:fs';
import { type Cell, cells } from './cells.ts';
import { reportOf } from './report.ts';
import { runCell } from './run-cell.ts';
import type { Verdict } from './verdict.ts';

const AT_ONCE = 2;

const all = cells();
// In the order of the table, not of the ends.
const verdicts = new Map<Cell, Verdict>(all.map((cell) => [cell, 'n/a']));
const queue = all.values();
let done = 0;

async function work(): Promise<void> {
  for (const cell of queue) {
    verdicts.set(cell, await runCell(cell));
    if (process.stderr.isTTY) process.stderr.write(`\r${++done} of ${all.length}`);
  }
}

await Promise.all(Array.from({ length: AT_ONCE }, work));
if (process.stderr.isTTY) process.stderr.write('\n');
const report = reportOf(verdicts);
writeFileSync('compare/result.md', report); // pnpm runs scripts in the folder of the package
process.stdout.write(report);
