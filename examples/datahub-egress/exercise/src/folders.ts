import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { regionOf, withRegion } from './regions.ts';
import { type Task, tasks } from './tasks.ts';

export const exercise = join(import.meta.dirname, '..');

/** Writes the start of the exercise into a folder: the solution, with the stubs for all tasks but those given. */
export function writeStart(folder: string, done: readonly Task[] = []): void {
  const path = join(exercise, folder);
  rmSync(path, { recursive: true, force: true });
  cpSync(join(exercise, 'end'), path, { recursive: true });
  for (const { number, file, stub } of tasks.filter((task) => !done.includes(task))) {
    const source = readFileSync(join(path, file), 'utf8');
    writeFileSync(join(path, file), withRegion(source, number, stub));
  }
}

/**
 * Copies the work of the learner to the next number in before-reset, and touches nothing that is there.
 *
 * @returns the copy
 */
export function keepWork(): string {
  const kept = join(exercise, 'before-reset');
  mkdirSync(kept, { recursive: true });
  const numbers = readdirSync(kept).filter((name) => /^\d+$/.test(name));
  const copy = `${Math.max(0, ...numbers.map(Number)) + 1}`;
  cpSync(join(exercise, 'start'), join(kept, copy), { recursive: true, errorOnExist: true, force: false });
  return `before-reset/${copy}`;
}

/** What the solution has for a task. */
export function solutionOf({ number, file }: Task): string {
  return regionOf(readFileSync(join(exercise, 'end', file), 'utf8'), number);
}
