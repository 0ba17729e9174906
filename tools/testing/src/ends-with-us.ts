import { type ChildProcess, spawn } from 'node:child_process';

/** Reads the process groups, with + or -, and kills those that are left when its input ends: its parent is gone. */
const GUARD = `
  const groups = new Set();
  const lines = require('node:readline').createInterface({ input: process.stdin });
  lines.on('line', (line) => (line[0] === '+' ? groups.add(line.slice(1)) : groups.delete(line.slice(1))));
  lines.on('close', () => {
    for (const group of groups) {
      try {
        process.kill(-group, 'SIGKILL');
      } catch {
        // It has ended.
      }
    }
  });`;

let guard: ChildProcess | undefined;

/**
 * Has a program end with this process, whatever ends that: Ctrl-C ends a test run, but reaches no program in a process
 * group of its own.
 *
 * @param child the first process of its group
 */
export function endsWithUs(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined || process.platform === 'win32') return;
  if (!guard) {
    guard = spawn(process.execPath, ['-e', GUARD], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    guard.unref();
    guard.stdin?.on('error', () => {}); // it is gone, and guards nothing
  }
  const { stdin } = guard;
  stdin?.write(`+${pid}\n`);
  child.once('close', () => stdin?.write(`-${pid}\n`));
}
