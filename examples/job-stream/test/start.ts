import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Program } from 'testing';
import { onTestFinished } from 'vitest';

const folder = join(import.meta.dirname, '..');
const root = join(folder, '../..');

/** Real texts, as the repository has them. */
export const TEXTS = [
  join(folder, 'server/texts/apache-license.txt'),
  join(folder, 'README.md'),
  join(folder, 'proto/jobs.proto'),
  join(root, 'packages/grpc-streams/README.md'),
];

const node = ['node', '--import', 'tsx', 'src/main.ts'];

/** Starts a program without pnpm, which would not pass on SIGKILL and SIGSTOP; it is stopped with the test. */
function start(part: 'server' | 'client', ...args: string[]): Program {
  const program = new Program([...node, ...args], { cwd: join(folder, part) });
  onTestFinished(() => program[Symbol.asyncDispose]());
  return program;
}

export async function startMaster(...args: string[]): Promise<{ master: Program; port: string }> {
  const master = start('server', ...args, ...TEXTS);
  const [, port = ''] = await master.prints(/ listens on localhost:(\d+)\./);
  return { master, port };
}

export function startWorker(port: string, ...args: string[]): Program {
  return start('client', '--address', `localhost:${port}`, ...args);
}

/** A file for a result, in a folder that is dropped with the test. */
export function newOutput(): string {
  const folder = mkdtempSync(join(tmpdir(), 'job-stream-'));
  onTestFinished(() => rmSync(folder, { recursive: true, maxRetries: 5 }));
  return join(folder, 'counts.tsv');
}

/** The lines of a result, in the order of their words. */
export function linesIn(output: string): string[] {
  return readFileSync(output, 'utf8').split('\n').slice(0, -1).sort();
}

/** The same by other means: the words of all texts, found character by character in one process. */
export function countIndependently(): string[] {
  const counts = new Map<string, number>();
  for (const path of TEXTS) {
    let word = '';
    for (const character of `${readFileSync(path, 'utf8')} `) {
      if (/^[\p{L}\p{M}\p{N}]$/u.test(character)) word += character;
      else if (word !== '') {
        counts.set(word.toLowerCase(), (counts.get(word.toLowerCase()) ?? 0) + 1);
        word = '';
      }
    }
  }
  return [...counts].map(([word, count]) => `${word}\t${count}`).sort();
}
