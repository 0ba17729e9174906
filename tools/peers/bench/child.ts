import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

interface ChildOptions {
  /** The longest life of the process: whatever hangs, whoever waits for it hears of it. */
  readonly limitSeconds: number;
  readonly cwd?: string | undefined;
}

/** The command that runs side.js, beside the running program, by Node. */
export function nodeCommand(execArgv: readonly string[], args: readonly string[]): string[] {
  const side = join(dirname(process.argv[1] ?? ''), 'side.js');
  return [process.execPath, ...process.execArgv, ...execArgv, side, ...args];
}

/**
 * A process that answers commands one by one, each a line of JSON on its stdin, with a line on its stdout: its `result`,
 * or an `error`. It is gone at the end of its `using` block.
 */
export class Child<Command extends { readonly name: string }> implements Disposable {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #name: string;
  /** Rejects when the process ends; whoever waits for what another process has to do with this one needs it. */
  readonly ended: Promise<never>;
  #stderr = '';
  #asked = '';
  #answer: (error: Error | undefined, result?: unknown) => void = () => {};

  /**
   * Starts a process.
   *
   * @param name for its errors
   * @param command the program and its arguments
   */
  constructor(name: string, [file = '', ...args]: readonly string[], { limitSeconds, cwd }: ChildOptions) {
    this.#name = name;
    const child = spawn(file, args, { cwd, stdio: 'pipe' });
    const { stdin, stdout, stderr } = child;
    this.#process = child;
    stdin.on('error', () => {}); // it has ended, which its own event tells
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-2_000);
    });
    createInterface({ input: stdout }).on('line', (line) => {
      const { result, error } = parse(line);
      this.#answer(error === undefined ? undefined : this.#failure(error), result);
    });
    this.#process.on('error', (error) => this.#answer(error));
    let timeUp = '';
    const timer = setTimeout(() => {
      timeUp = `"${this.#asked}" was not done after ${limitSeconds} s`;
      this[Symbol.dispose]();
    }, limitSeconds * 1_000);
    this.ended = new Promise((_, reject) => {
      // 'close', not 'exit': by then all of stderr has come.
      this.#process.on('close', (code, signal) => {
        const reason = this.#stderr.match(/^\w*Error.*$/m)?.[0] ?? this.#stderr.trim().split('\n').at(-1) ?? '';
        clearTimeout(timer);
        const failure = this.#failure(timeUp || `ended with ${signal ?? code} ${reason}`);
        this.#answer(failure);
        reject(failure);
      });
    });
    this.ended.catch(() => {});
  }

  /** Gives the answer; rejects when the process fails or ends. */
  ask<Answer = void>(command: Command): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      this.#asked = command.name;
      this.#answer = (error, result) => {
        if (error) reject(error);
        else resolve(result as Answer);
      };
      this.#process.stdin.write(`${JSON.stringify(command)}\n`);
    });
  }

  [Symbol.dispose](): void {
    // SIGKILL: a process in an endless loop hears of nothing else.
    this.#process.kill('SIGKILL');
  }

  #failure(reason: string): Error {
    return new Error(`${this.#name}: ${reason}`);
  }
}

function parse(line: string): { result?: unknown; error?: string } {
  try {
    return JSON.parse(line);
  } catch {
    return { error: `"${line.slice(0, 100)}" is no answer` };
  }
}
