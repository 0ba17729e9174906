import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** Longer than anything here takes on a busy machine. */
const HANGS_MS = 10 * 60_000;

export interface Ended {
  /** What it printed, on stdout and stderr. */
  readonly output: string;
  readonly exit: number | null;
}

/** Runs a program to its end; one that hangs is killed. */
export async function runToEnd(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const program = new Program(command, args, env);
  const timer = setTimeout(() => program.child.kill('SIGKILL'), HANGS_MS);
  const exit = await program.ended;
  clearTimeout(timer);
  return { output: program.output, exit };
}

/** A program that runs beside this one. */
export class Program {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  output = '';
  readonly #listeners = new Set<() => void>();

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        for (const listener of this.#listeners) listener();
      });
    }
    this.child = child;
    this.ended = once(child, 'close').then(([exit]) => exit as number | null);
  }

  /** Waits until it has printed this; rejects when it ends before. */
  async prints(pattern: RegExp): Promise<RegExpMatchArray> {
    const printed = new Promise<RegExpMatchArray>((resolve) => {
      const look = () => {
        const match = this.output.match(pattern);
        if (!match) return;
        this.#listeners.delete(look);
        resolve(match);
      };
      this.#listeners.add(look);
      look();
    });
    const ended = this.ended.then(() => Promise.reject(new Error(`it ended early:\n${this.output}`)));
    return Promise.race([printed, ended]);
  }

  async stop(): Promise<void> {
    this.ended.catch(() => {});
    this.child.kill('SIGTERM');
    await this.ended;
  }
}
