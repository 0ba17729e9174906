import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { OperatorError } from './command-line.ts';

/** Everyone may read a certificate; a key, a secret or a token is for its owner alone. */
export const OPEN = 0o644;
export const SECRET = 0o600;

/**
 * Writes a file anew, and its folder where there is none.
 *
 * @throws OperatorError when that is not possible
 */
export function writeAnew(path: string, text: string, mode: number): void {
  try {
    const folder = dirname(path);
    // Not recursive: that would never end below /proc.
    if (!existsSync(folder)) mkdirSync(folder);
    // A file that is there would keep its own mode, and a link would send a key somewhere else.
    rmSync(path, { force: true });
    writeFileSync(path, text, { mode, flag: 'wx' });
  } catch (error) {
    throw new OperatorError(`cannot write ${path} (${(error as NodeJS.ErrnoException).code})`);
  }
}
