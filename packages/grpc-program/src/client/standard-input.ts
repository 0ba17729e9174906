import { fstatSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { OperatorError } from '../operator-error.ts';

const STDIN = 0;

/**
 * What is typed, or comes through a pipe. When it cannot be read, the program says so in one line and exits with 1.
 *
 * @throws OperatorError when it is a folder: Node would take that for an input without a line
 */
export function standardInput(): Readable {
  if (process.platform !== 'win32' && fstatSync(STDIN).isDirectory()) {
    throw new OperatorError('cannot read stdin: it is a folder');
  }
  return process.stdin.on('error', (error: NodeJS.ErrnoException) => {
    if (error.syscall !== 'read') return; // whoever leaves it before its end destroys it
    console.error(`Error: cannot read stdin: ${error.message}`);
    process.exit(1);
  });
}
