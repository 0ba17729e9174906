import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A process of the load, which reports by messages. Ends with this process, whatever ends that. */
export class Child<Report> {
  readonly exit: Promise<number | NodeJS.Signals>;
  /** The last report. */
  last: Report | undefined;
  readonly #process: ChildProcess;
  readonly #file: string;

  constructor(file: string, args: readonly (string | number)[] = []) {
    this.#file = file;
    this.#process = fork(join(import.meta.dirname, file), args.map(String), {
      cwd: import.meta.dirname, // where Node finds tsx
      execArgv: ['--expose-gc', '--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.exit = once(this.#process, 'exit').then(([code, signal]) => code ?? signal);
    this.#process.on('message', (report: Report) => {
      this.last = report;
    });
    process.on('exit', () => this.signal('SIGKILL'));
  }

  send(order: object): void {
    this.#process.send(order);
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
}
