import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { loadStack } from '../matrix/load-stack.ts';
import type { Cell } from './cells.ts';
import type { Verdict } from './verdict.ts';

const PROGRAM = join(process.argv[1] ?? '', '../cell.js');
/** More than a row takes that ends as it should, or by its own limits. */
const CELL_MS = 30_000;

/** A lost client and a handler that reads run a race: right is what is right each time. */
const RACES = 3;

/** Runs a cell. */
export async function runCell(cell: Cell): Promise<Verdict> {
  const { stack, kind, row } = cell;
  if (!(await loadStack(stack)).canDo(kind, row)) return 'n/a';
  const runs = row.outside && row.client.halfCloses === false ? RACES : 1;
  let verdict: Verdict = 'right';
  for (let run = 0; run < runs && verdict === 'right'; run++) verdict = await runOnce(cell);
  return verdict;
}

/** Runs a cell in a process of its own, which does not outlive it, nor do the clients that it starts. */
async function runOnce({ stack: name, kind, row }: Cell): Promise<Verdict> {
  const child = spawn(process.execPath, [PROGRAM, name, kind, row.event], {
    stdio: ['ignore', 'pipe', 'ignore'], // it may print the error of its crash
    detached: true, // a group of its own
  });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    killGroup(child.pid);
  }, CELL_MS);
  const verdict = await text(child.stdout);
  clearTimeout(timer);
  killGroup(child.pid);
  if (verdict) return verdict;
  return late ? 'hangs' : 'crashes';
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All of it has ended.
  }
}
