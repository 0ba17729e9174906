import { statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { InvalidArgumentError } from 'grpc-program/options';

const folder = join(import.meta.dirname, '..');
export const DEFAULT_TEXTS = [join(folder, 'texts/apache-license.txt')];
export const DEFAULT_OUTPUT = join(folder, 'word-counts.tsv');

/** Where the command was typed. pnpm starts a script in the folder of its package, and puts its own folder here. */
const typedIn = process.env.INIT_CWD ?? process.cwd();

/** The file that a path on the command line means. */
export function fromTyped(path: string): string {
  return resolve(typedIn, path);
}

/** The same path, as short as one would type it. */
export function asTyped(path: string): string {
  const fromThere = relative(typedIn, path);
  return fromThere.startsWith('..') ? path : fromThere;
}

export function outputFile(text: string): string {
  const path = fromTyped(text);
  if (isFolder(path) || !isFolder(dirname(path)))
    throw new InvalidArgumentError('It must be a file in a folder that exists.');
  return path;
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
