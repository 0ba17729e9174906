import { dirname, join, relative } from 'node:path';
import { workspaceRoot } from './workspace.ts';

/** The variable that tells the processes of the test runner where the compiled programs are. */
export const COMPILED = 'COMPILED_PROGRAMS';

/**
 * The compiled form of a program.
 *
 * @param source its source file, an absolute path
 */
export function compiled(source: string): string {
  const output = process.env[COMPILED];
  if (!output) throw new Error('the programs are not compiled: run the tests by `pnpm test`');
  return join(output, relative(workspaceRoot(dirname(source)), source).replace(/\.[jt]s$/, '.mjs'));
}
