import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { exercise, writeStart } from '../src/folders.ts';
import type { Task } from '../src/tasks.ts';

/** A folder for a test, with the start of the exercises and some tasks done. */
export function temporary({ onTestFinished }: TestContext, name: string, done: readonly Task[] = []): string {
  const folder = `alone-${name}`;
  writeStart(folder, done);
  onTestFinished(() => rmSync(join(exercise, folder), { recursive: true }));
  return folder;
}
