import { readFileSync } from 'node:fs';
import { OperatorError } from './operator-error.ts';
import { fromTyped } from './typed-path.ts';

/**
 * Reads the file that an option names.
 *
 * @param option its name: `--tls-cert`
 * @throws OperatorError when it cannot be read
 */
export function readOptionFile(option: string, path: string): Buffer {
  try {
    return readFileSync(fromTyped(path));
  } catch (error) {
    throw new OperatorError(`cannot read the file of ${option}: ${(error as Error).message}`);
  }
}
