import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { exercise, writeStart } from '../src/folders.ts';
import { runSpec } from '../src/run-spec.ts';
import { tasks } from '../src/tasks.ts';

const numbers = tasks.map(({ number }) => number);
const greenIn = async (folder: string) =>
  (await runSpec(folder)).filter(({ passed }) => passed).map(({ number }) => number);

/** The files of a folder and what is in them. */
function contents(folder: string): [string, string][] {
  const names = readdirSync(join(exercise, folder), { recursive: true, encoding: 'utf8' }).sort();
  const files = names.map((name) => [name, join(exercise, folder, name)] as const);
  return files.filter(([, path]) => statSync(path).isFile()).map(([name, path]) => [name, readFileSync(path, 'utf8')]);
}

/** A folder for a test, with the start of the exercise and some tasks done. */
function temporary(name: string, done: typeof tasks = []): string {
  const folder = `alone-${name}`;
  writeStart(folder, done);
  onTestFinished(() => rmSync(join(exercise, folder), { recursive: true }));
  return folder;
}

test('end passes every task', async () => {
  expect(await greenIn('end')).toEqual(numbers);
});

test('start fails every task, and each failure names the TODO, the file and a hint', async () => {
  const results = await runSpec('start');
  expect(results.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
  for (const { number, passed, message } of results) {
    const task = tasks[number - 1];
    expect({ number, passed }).toEqual({ number, passed: false });
    expect(message).toContain(`TODO ${number} in start/${task?.file}: `);
    expect(message).toContain(`Hint: ${task?.hints[0]}\nFor more: pnpm --filter datahub-exercise hint ${number}`);
  }
});

test.each(tasks)('TODO $number done alone turns task $number green, and no other', async (task) => {
  expect(await greenIn(temporary(`${task.number}`, [task]))).toEqual([task.number]);
});

test('start is the solution with the TODOs open, and nothing else differs', () => {
  expect(contents('start')).toEqual(contents(temporary('start')));
  expect(contents(temporary('end', tasks))).toEqual(contents('end'));
});
