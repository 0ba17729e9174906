import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Reads the process groups, with + or -, and ends those that are left when its input ends: its parent is gone. By
 * SIGTERM first, which pnpm passes on to what it runs in a group of its own.
 */
const GUARD = `
  const groups = new Set();
  const signal = (name) => {
    for (const group of groups) {
      try {
        process.kill(-group, name);
      } catch {
        // It has ended.
      }
    }
  };
  const lines = require('node:readline').createInterface({ input: process.stdin });
  lines.on('line', (line) => (line[0] === '+' ? groups.add(line.slice(1)) : groups.delete(line.slice(1))));
  lines.on('close', () => {
    signal('SIGTERM');
    signal('SIGCONT');
    setTimeout(signal, 2_000, 'SIGKILL');
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
