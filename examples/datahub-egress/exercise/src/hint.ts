// The next hint: for the first task that is open, or for the task whose number is given.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exercise } from './folders.ts';
import { runSpec } from './run-spec.ts';
import { taskOf } from './task-argument.ts';
import { tasks } from './tasks.ts';

const memory = join(exercise, '.hints.json');
const given: Record<number, number> = existsSync(memory) ? JSON.parse(readFileSync(memory, 'utf8')) : {};

const open = async () => (await runSpec('start')).find(({ passed }) => !passed)?.number;
const argument = taskOf(process.argv[2]);
const task = argument ?? tasks[((await open()) ?? 0) - 1];

if (!task) {
  console.log('All tasks are done. The solution, to compare: pnpm --filter datahub-exercise solution');
} else {
  const { number, title, file, hints } = task;
  const count = Math.min((given[number] ?? 0) + 1, hints.length);
  console.log(`Task ${number}: ${title} (start/${file})`);
  console.log(`Hint ${count} of ${hints.length}: ${hints[count - 1]}`);
  if (count === hints.length)
    console.log(`The last one. The solution: pnpm --filter datahub-exercise solution ${number}`);
  writeFileSync(memory, JSON.stringify({ ...given, [number]: count }));
}
