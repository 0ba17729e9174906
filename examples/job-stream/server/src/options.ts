import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fromTyped, InvalidArgumentError } from 'grpc-program/options';
import { findTarget } from 'whole-file';

const folder = join(import.meta.dirname, '..');
export const DEFAULT_TEXTS = [join(folder, 'texts/apache-license.txt')];
export const DEFAULT_OUTPUT = join(folder, 'word-counts.tsv');

export function outputFile(text: string): string {
  const path = fromTyped(text);
  if (isFolder(path) || !isFolder(dirname(path)))
    throw new InvalidArgumentError('It must be a file in a folder that exists.');
  try {
    findTarget(path);
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`);
  }
  return path;
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
