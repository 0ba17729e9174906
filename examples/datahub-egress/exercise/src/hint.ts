// The next hint: for the first task that is open, or for the task whose number is given.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exercise } from './folders.ts';
import { runSpec } from './run-spec.ts';
import { taskOf } from './task-argument.ts';
import { EXERCISES, type Task, tasks } from './tasks.ts';

const memory = join(exercise, '.hints.json');
const given: Record<number, number> = existsSync(memory) ? JSON.parse(readFileSync(memory, 'utf8')) : {};

/** The first task that is open; a sentence when there is none. Runs no more specs than it takes to find it. */
async function firstOpen(): Promise<Task | string> {
  for (const exercise of EXERCISES) {
    const results = await runSpec('start', exercise);
    for (const task of tasks.filter((task) => task.exercise === exercise)) {
      const result = results.find(({ number }) => number === task.number);
      if (!result) return `start does not load. To see why: pnpm --filter datahub-exercise watch ${exercise}`;
      if (!result.passed) return task;
    }
  }
  return 'All tasks are done. To compare with the solution: pnpm --filter datahub-exercise solution';
}

const task = taskOf(process.argv[2]) ?? (await firstOpen());
if (typeof task === 'string') console.log(task);
else {
  const { number, title, file, hints } = task;
  const count = Math.min((given[number] ?? 0) + 1, hints.length);
  writeFileSync(memory, JSON.stringify({ ...given, [number]: count }));
  const last = `\nThat was the last hint. The solution: pnpm --filter datahub-exercise solution ${number}`;
  console.log(
    `Task ${number}: ${title} (start/${file})\nHint ${count} of ${hints.length}: ${hints[count - 1]}${count === hints.length ? last : ''}`,
  );
}
