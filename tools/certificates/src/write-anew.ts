import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { UnwritableFile, writeWholeFile } from 'whole-file';
import { OperatorError } from './command-line.ts';

/** Everyone may read a certificate; a key, a secret or a token is for its owner alone. */
export const OPEN = 0o644;
export const SECRET = 0o600;

/**
 * Writes a file anew, and its folder where there is none; a file that is there does not keep its own mode.
 *
 * @throws OperatorError when that is not possible
 */
export async function writeAnew(path: string, text: string, mode: number): Promise<void> {
  try {
    const folder = dirname(path);
    // Not recursive: that would never end below /proc.
    if (!existsSync(folder)) mkdirSync(folder);
    await writeWholeFile(path, [text], { mode });
  } catch (error) {
    const { message } = error as Error;
    throw new OperatorError(error instanceof UnwritableFile ? message : `cannot write ${path}: ${message}`);
  }
}
