import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A process of the load, which reports by messages. Ends with this process, whatever ends that. */
export class Child<Report> {
  readonly exit: Promise<number | NodeJS.Signals>;
  /** The last report. */
  last: Report | undefined;
  readonly #process: ChildProcess;
  readonly #file: string;
  #printed = '';

  /**
   * @param file a source file, absolute or beside this one
   * @param loads a module that it loads first
   */
  constructor(file: string, args: readonly (string | number)[] = [], loads?: string) {
    this.#file = file;
    const imports = ['--import', 'tsx', ...(loads ? ['--import', pathToFileURL(loads).href] : [])];
    this.#process = fork(resolve(import.meta.dirname, file), args.map(String), {
      cwd: import.meta.dirname, // where Node finds tsx
      execArgv: ['--expose-gc', ...imports],
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    this.#process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#printed += text;
    });
    this.exit = once(this.#process, 'exit').then(([code, signal]) => code ?? signal);
    this.#process.on('message', (report: Report) => {
      this.last = report;
    });
    running.add(this.#process);
    void this.exit.then(() => running.delete(this.#process));
  }

  send(order: object): void {
    this.#process.send(order, () => {}); // of one that has ended, its end tells
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  /** The next report for which the condition holds. */
  reports(condition: (report: Report) => boolean = () => true): Promise<Report> {
    return new Promise((resolve, reject) => {
      const listener = (report: Report) => {
        if (!condition(report)) return;
        this.#process.off('message', listener);
        resolve(report);
      };
      this.#process.on('message', listener);
      void this.exit.then((exit) => reject(new Error(`${this.#file} ended early (${exit})`)));
    });
  }

  /** Waits until it has printed this, and gives the match. */
  async prints(pattern: RegExp): Promise<RegExpMatchArray> {
    for (;;) {
      const match = this.#printed.match(pattern);
      if (match) return match;
      await Promise.race([
        once(this.#process.stdout as NonNullable<ChildProcess['stdout']>, 'data'),
        this.exit.then((exit) => Promise.reject(new Error(`${this.#file} ended early (${exit})`))),
      ]);
    }
  }
}
