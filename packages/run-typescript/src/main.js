import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compiledProgram } from './compiled-program.js';

const USAGE = `Usage: run-typescript <program> [arguments...]
       run-typescript --compile <program>

Runs a program written in TypeScript. Compiles it first, with all that it imports, unless
what an earlier run or --compile has left in node_modules/.cache is still true.`;

/** Runs the program that the command line names, or compiles it only. */
export async function main() {
  const compileOnly = process.argv[2] === '--compile';
  // The program is to see its own name and arguments, as if Node had been started with it.
  process.argv.splice(1, compileOnly ? 2 : 1);
  const [, program = ''] = process.argv;
  if (program === '' || program.startsWith('-')) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  process.argv[1] = resolve(program);
  let compiled;
  try {
    compiled = await compiledProgram(process.argv[1]);
  } catch (error) {
    // esbuild has said what is wrong in which line.
    if (error instanceof Error && !('errors' in error))
      console.error(`Error: cannot compile ${program}: ${error.message}`);
    process.exitCode = 1;
    return;
  }
  if (compileOnly) return;
  process.setSourceMapsEnabled(true);
  await import(pathToFileURL(compiled).href);
}
