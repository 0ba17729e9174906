import { type Task, tasks } from './tasks.ts';

/** The task of that number, if one is given; any other argument ends the program with a one-line error. */
export function taskOf(argument: string | undefined): Task | undefined {
  if (argument === undefined) return undefined;
  const task = tasks.find(({ number }) => `${number}` === argument);
  if (task) return task;
  console.error(`error: there is no task '${argument}'; the tasks are 1 to ${tasks.length}`);
  process.exit(2);
}
