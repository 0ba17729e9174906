import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const repository = join(import.meta.dirname, '../../..');

/** A program of an example, in a process of its own. */
export class DemoProgram {
  readonly child: ChildProcess;
  readonly exitCode: Promise<number>;

  /** @param onLine hears of every line, of stdout and of stderr */
  constructor(folder: string, args: readonly string[], onLine: (line: string) => void) {
    this.child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', ...args], {
      cwd: join(repository, folder),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const input of [this.child.stdout, this.child.stderr]) {
      if (input) createInterface({ input }).on('line', onLine);
    }
    this.exitCode = once(this.child, 'close').then(([code]) => code ?? 1);
  }

  stop(): void {
    this.child.kill('SIGINT');
  }
}
