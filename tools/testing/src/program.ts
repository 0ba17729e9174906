import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** What {@link Program.prints} waits for is shorter than this. */
const LONGEST_MATCH = 10_000;

/** A program under test: a real process in a process group of its own, what it prints, and how it ends. */
export class Program implements AsyncDisposable {
  stdout = '';
  stderr = '';
  /** The exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  readonly #child: ChildProcess;
  readonly #label: string;

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
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.#child.stdin?.on('error', () => {}); // it may have left without reading
    this.ended = once(this.#child, 'close').then(([code, signal]) => code ?? signal);
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

  /** Resolves with the match once stdout holds it; rejects when the program ends, or the time is up, without it. */
  async prints(pattern: RegExp, withinMs = 20_000): Promise<RegExpMatchArray> {
    const timeUp = AbortSignal.timeout(withinMs);
    const ended = this.ended.then(() => 'ended');
    let searched = 0;
    for (let why = ''; ; ) {
      // Not from the start each time: a program may print megabytes.
      const match = this.stdout.slice(Math.max(0, searched - LONGEST_MATCH)).match(pattern);
      if (match) return match;
      if (why) throw new Error(`${this.#label} ${why} without printing ${pattern}\n${this.#lastWords()}`);
      searched = this.stdout.length;
      const more = this.#child.stdout ? once(this.#child.stdout, 'data', { signal: timeUp }) : ended;
      const event = await Promise.race([more, ended]).catch(() => 'took too long');
      if (typeof event === 'string') why = event;
    }
  }

  #lastWords(): string {
    return `${this.stdout.slice(-1_000)}\n${this.stderr.slice(-1_000)}`;
  }

  /**
   * Sends a signal to the program's process group. Through pnpm, which runs scripts in a group of their own, only
   * SIGINT and SIGTERM reach the program.
   */
  signal(name: NodeJS.Signals): void {
    try {
      process.kill(-this.pid, name);
    } catch {
      // It has ended.
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
