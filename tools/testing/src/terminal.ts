import { execFileSync } from 'node:child_process';
import { skip } from './skip.ts';

/** The command that runs a program in a terminal: stdout and stderr in one, lines that end in \r\n. */
export function inTerminal(context: Parameters<typeof skip>[0], command: readonly string[]): string[] {
  if (!hasScript()) skip(context, 'this machine has no `script` of util-linux, which makes a terminal');
  const words = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  // `script` runs it by the shell of whoever runs the tests, which may be none, as that of a service is.
  return ['env', 'SHELL=/bin/sh', 'script', '-qec', `exec ${words.join(' ')}`, '/dev/null'];
}

function hasScript(): boolean {
  try {
    return execFileSync('script', ['--version']).includes('util-linux');
  } catch {
    return false;
  }
}
