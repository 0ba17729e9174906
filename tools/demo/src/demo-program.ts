import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const repository = join(import.meta.dirname, '../../..');
const ENDS_WITH_DEMO = pathToFileURL(join(import.meta.dirname, 'ends-with-demo.mjs')).href;

const RUN_TYPESCRIPT = createRequire(import.meta.url).resolve('run-typescript/bin');

/** The program of a package; from a demo that tests have compiled, what is compiled beside it. */
function mainOf(folder: string): string[] {
  const [, demo = ''] = process.argv;
  if (basename(demo) !== 'main.mjs') return [RUN_TYPESCRIPT, 'src/main.ts'];
  return [join(demo, '../../../..', folder, 'src/main.mjs')];
}

/** A program of an example, in a process of its own. */
export class DemoProgram {
  readonly child: ChildProcess;
  readonly exitCode: Promise<number>;

  /** @param onLine hears of every line, of stdout and of stderr */
  constructor(folder: string, args: readonly string[], onLine: (line: string) => void) {
    this.child = spawn(process.execPath, ['--import', ENDS_WITH_DEMO, ...mainOf(folder), ...args], {
      cwd: join(repository, folder),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const input of [this.child.stdout, this.child.stderr]) {
      if (input) createInterface({ input }).on('line', onLine);
    }
    // One that Ctrl-C meets while it starts ends by it, perhaps before this process has heard of it.
    this.exitCode = once(this.child, 'close').then(([code, signal]) => code ?? (signal === 'SIGINT' ? 0 : 1));
  }

  stop(): void {
    this.child.kill('SIGINT');
  }
}
