import { dirname, relative, resolve } from 'node:path';

/**
 * Where the command was typed. pnpm starts a script in the folder of its package, and says in INIT_CWD where it was
 * typed; what a script starts in another folder, a shell say, has the variable too, and it means nothing there.
 */
const typedIn = (isScriptOfPackage() && process.env.INIT_CWD) || process.cwd();

function isScriptOfPackage(): boolean {
  return dirname(process.env.npm_package_json ?? '') === process.cwd();
}

/** The file that a path on the command line, or in a variable, means. */
export function fromTyped(path: string): string {
  return resolve(typedIn, path);
}

/** The same path, as short as one would type it. */
export function asTyped(path: string): string {
  const fromThere = relative(typedIn, path);
  return fromThere.startsWith('..') ? path : fromThere;
}
