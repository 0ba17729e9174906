import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, normalize } from 'node:path';
import { parseArgs } from 'node:util';
import { startVitest } from 'vitest/node';
import { compilePrograms } from './compile-programs.ts';
import { COMPILED } from './compiled.ts';
import { isChosen, PackageReporter } from './package-reporter.ts';
import { PATIENCE_MS } from './patience.ts';
import { packagesBelow, workspaceRoot } from './workspace.ts';

const USAGE = `Usage: run-tests [options] [files...]

Runs the tests of the package in this folder, or of all packages.

  files          only test files whose path has one of these words
  -t <pattern>   only tests whose name matches
  --all          the long tests too, in files named *.long.test.ts
  --sync-docs    fills the blocks of the documents instead of comparing them
  -h, --help     show this help`;

/** Most tests wait for processes: more of them than there are cores run side by side. */
const FILES_PER_CORE = 3;

const { values, positionals } = parseArguments();
const folder = process.cwd();
const root = workspaceRoot(folder);
if (values['sync-docs']) process.env.DOCS_SYNC = '1';

const programs = mkdtempSync(join(tmpdir(), 'programs-'));
process.env[COMPILED] = programs;
process.on('exit', () => rmSync(programs, { recursive: true, force: true }));
await compilePrograms(root, programs).catch(() => {
  // esbuild has said where.
  console.error('Error: the programs do not compile, so no test was run');
  process.exit(1);
});

const vitest = await startVitest('test', positionals, {
  config: false,
  run: true,
  root: folder,
  include: [values.all ? '**/*.test.{ts,mts}' : '**/!(*.long).test.{ts,mts}'],
  exclude: [
    '**/node_modules/**',
    '**/template/**',
    '**/fixtures/**',
    ...(folder === root ? [] : packagesBelow(folder)),
  ],
  setupFiles: [join(import.meta.dirname, 'set-up-file.ts')],
  // Several files in a process, one after the other: a process for each costs as much CPU as the tests of most.
  pool: 'forks',
  isolate: false,
  maxWorkers: FILES_PER_CORE * availableParallelism(),
  maxConcurrency: 10,
  testTimeout: PATIENCE_MS,
  hookTimeout: PATIENCE_MS,
  teardownTimeout: PATIENCE_MS,
  reporters: [new PackageReporter(root, process.stdout, values.t !== undefined)],
  ...(values.t !== undefined && { testNamePattern: values.t }),
});
const files = vitest.state.getFiles().map(({ filepath }) => filepath);
const useless = positionals.filter((word) => !files.some((file) => file.includes(asInPaths(word))));
if (useless.length > 0) console.error(`Error: no test file has a path with ${useless.join(' or ')}`);
const tests = vitest.state.getTestModules().flatMap((module) => [...module.children.allTests()]);
if (useless.length > 0 || !tests.some(isChosen)) process.exitCode = 1;
await vitest.close();

/** A word of a path as paths have it: `./test\chat` is `test/chat`. */
function asInPaths(word: string): string {
  return normalize(word).replaceAll('\\', '/');
}

function parseArguments() {
  try {
    const parsed = parseArgs({
      allowPositionals: true,
      options: {
        t: { type: 'string', short: 't' },
        all: { type: 'boolean' },
        'sync-docs': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (!parsed.values.help) return parsed;
    console.log(USAGE);
    process.exit(0);
  } catch (error) {
    console.error(`Error: ${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
}
