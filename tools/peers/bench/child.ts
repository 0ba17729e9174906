import { type ChildProcess, fork } from 'node:child_process';
import { dirname, join } from 'node:path';

interface ChildOptions {
  /** The longest life of the process: whatever hangs, whoever waits for it hears of it. */
  readonly limitSeconds: number;
  readonly execArgv?: readonly string[];
}

/** A process that answers commands one by one over IPC, and that is gone at the end of its `using` block. */
export class Child<Command extends { readonly name: string }> implements Disposable {
  readonly #process: ChildProcess;
  readonly #name: string;
  /** Rejects when the process ends; whoever waits for what another process has to do with this one needs it. */
  readonly ended: Promise<never>;
  #stderr = '';
  #asked = '';
  #answer: (error: Error | undefined, result?: unknown) => void = () => {};

  /**
   * Starts side.js, which is where the program is that this process runs.
   *
   * @param name for its errors
   */
  constructor(name: string, args: readonly string[], { execArgv = [], limitSeconds }: ChildOptions) {
    this.#name = name;
    this.#process = fork(join(dirname(process.argv[1] ?? ''), 'side.js'), args, {
      execArgv: [...process.execArgv, ...execArgv],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-2_000);
    });
    this.#process.on('message', (message: { result?: unknown; error?: string }) => {
      this.#answer(message.error === undefined ? undefined : this.#failure(message.error), message.result);
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
      this.#process.send(command, (error) => error && this.#answer(error));
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
