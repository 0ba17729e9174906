import { statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { InvalidArgumentError } from 'grpc-program/options';

const folder = join(import.meta.dirname, '..');
export const DEFAULT_TEXTS = [join(folder, 'texts/apache-license.txt')];
export const DEFAULT_OUTPUT = join(folder, 'word-counts.tsv');

/** Where the command was typed: pnpm starts a script in the folder of its package. */
const typedIn = process.env.npm_lifecycle_script?.includes('src/main.ts') ? process.env.INIT_CWD : undefined;

export function fromTyped(path: string): string {
  return resolve(typedIn ?? '', path);
}

export function asTyped(path: string): string {
  const fromThere = relative(typedIn ?? '', path);
  return fromThere.startsWith('..') ? path : fromThere;
}

export function outputFile(text: string): string {
  const path = fromTyped(text);
  if (isFolder(path) || !isFolder(dirname(path)))
    throw new InvalidArgumentError('It must be a file, in a folder that is there.');
  return path;
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
