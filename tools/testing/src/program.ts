import { type ChildProcess, spawn } from 'node:child_process';
import { compiled } from './compiled.ts';
import { endsWithUs } from './ends-with-us.ts';
import { orHangs } from './wait.ts';

/** What {@link Program.prints} waits for is shorter than this. */
const LONGEST_MATCH = 10_000;

/** The exit code that a shell gives for a program that is not there. */
const NOT_FOUND = 127;

/** A program under test: a real process in a process group of its own, what it prints, and how it ends. */
export class Program implements AsyncDisposable {
  stdout = '';
  stderr = '';
  /** The exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  readonly #child: ChildProcess;
  readonly #label: string;
  #hasEnded = false;

  /** @param command the program and its arguments */
  constructor(command: readonly string[], { cwd, env }: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) {
    const [file = '', ...args] = command;
    this.#label = command.join(' ');
    this.#child = spawn(file, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own: a signal reaches the program through pnpm, as Ctrl-C in a terminal does.
      detached: true,
    });
    endsWithUs(this.#child);
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.#child.stdin?.on('error', () => {}); // it may have left without reading
    this.ended = new Promise((resolve) => {
      this.#child.once('error', (error) => {
        this.stderr += `${error.message}\n`;
        resolve(NOT_FOUND);
      });
      this.#child.once('close', (code, signal) => {
        this.#hasEnded = true;
        resolve(code ?? signal ?? NOT_FOUND);
      });
    });
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error(`${this.#label} did not start`);
    return this.#child.pid;
  }

  /** Types into the program. */
  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** Ends the program's standard input. */
  endInput(): void {
    this.#child.stdin?.end();
  }

  /** Resolves with the match once stdout holds it; rejects when the program ends, or hangs, without it. */
  prints(pattern: RegExp): Promise<RegExpMatchArray> {
    let searched = 0;
    const printed = new Promise<RegExpMatchArray>((resolve, reject) => {
      const look = () => {
        // Not from the start each time: a program may print megabytes.
        const match = this.stdout.slice(Math.max(0, searched - LONGEST_MATCH)).match(pattern);
        searched = this.stdout.length;
        if (!match) return;
        this.#child.stdout?.off('data', look);
        resolve(match);
      };
      this.#child.stdout?.on('data', look);
      look();
      void this.ended.then((how) => reject(new Error(this.#without(`ended (${how})`, pattern))));
    });
    return orHangs(printed, () => this.#without('hangs', pattern));
  }

  #without(what: string, pattern: RegExp): string {
    const lastWords = `${this.stdout.slice(-1_000)}\n${this.stderr.slice(-1_000)}`;
    return `${this.#label} ${what} without printing ${pattern}\n${lastWords}`;
  }

  /**
   * Sends a signal to the program's process group. Through pnpm, which runs scripts in a group of their own, only
   * SIGINT and SIGTERM reach the program. One that has ended gets none: by now its number may be that of another group.
   *
   * Several are one interrupt, as a Ctrl-C that arrives twice: the program is stopped until it has all of them, so that
   * no stall comes between. They must differ, for of each kind a program that is stopped gets one.
   */
  signal(...names: NodeJS.Signals[]): void {
    if (this.#hasEnded) return;
    const sent = names.length > 1 ? (['SIGSTOP', ...names, 'SIGCONT'] as const) : names;
    try {
      for (const name of sent) process.kill(-this.pid, name);
    } catch {
      // It is ending.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal('SIGTERM');
    this.signal('SIGCONT');
    const impatience = setTimeout(() => this.signal('SIGKILL'), 2_000);
    await this.ended;
    clearTimeout(impatience);
  }
}

/**
 * The command of a program of this workspace, which the test runner has compiled.
 *
 * @param source its source file, an absolute path
 */
export function programCommand(source: string, ...args: string[]): string[] {
  return [process.execPath, compiled(source), ...args];
}

/** Runs a program to its end. */
export async function run(
  command: readonly string[],
  { input = '', ...options }: { cwd?: string; env?: NodeJS.ProcessEnv; input?: string } = {},
): Promise<{ exit: number | NodeJS.Signals; stdout: string; stderr: string }> {
  await using program = new Program(command, options);
  program.type(input);
  program.endInput();
  return { exit: await program.ended, stdout: program.stdout, stderr: program.stderr };
}
