import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { inBash, stopLater } from '@grpc-by-example/testing';
import { temporaryFiles } from './files.ts';

/** A pipe for the output of a program that nobody reads but when the test says so. */
export class UnreadPipe {
  readonly path = join(temporaryFiles().path, 'pipe');
  readonly #reader: number;
  readonly #bytes = Buffer.alloc(65_536);

  constructor() {
    execFileSync('mkfifo', [this.path]);
    this.#reader = openSync(this.path, constants.O_RDONLY | constants.O_NONBLOCK);
    stopLater(() => closeSync(this.#reader));
  }

  /** Reads until this is in what was read, and gives that. */
  async readUntil(pattern: RegExp): Promise<string> {
    let text = '';
    while (!pattern.test(text)) text += this.#readSome() || (await delay(5, ''));
    return text;
  }

  #readSome(): string {
    try {
      return this.#bytes.toString('utf8', 0, readSync(this.#reader, this.#bytes));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return '';
      throw error;
    }
  }
}

/** The command of a program whose outputs go to files, such as `{ 2: '/dev/full' }`. */
export function withOutputs(files: { 1?: string; 2?: string }, command: readonly string[]): string[] {
  const redirections = Object.entries(files).map(([output, file]) => `${output}>'${file}'`);
  return inBash(`exec "$@" ${redirections.join(' ')}`, ...command);
}
