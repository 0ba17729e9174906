import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Walkthrough } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { exercise } from '../src/folders.ts';
import { runSpec } from '../src/run-spec.ts';
import { tasks } from '../src/tasks.ts';
import { temporary } from './temporary.ts';

/** The files of a folder and what is in them. */
function contents(folder: string): [string, string][] {
  const names = readdirSync(join(exercise, folder), { recursive: true, encoding: 'utf8' }).sort();
  const files = names.map((name) => [name, join(exercise, folder, name)] as const);
  return files.filter(([, path]) => statSync(path).isFile()).map(([name, path]) => [name, readFileSync(path, 'utf8')]);
}

test('start fails every task, and each failure names the TODO, the file and a hint, as on the page', async () => {
  const results = await runSpec('start');
  expect(results.map(({ number }) => number)).toEqual(tasks.map(({ number }) => number));
  for (const { number, passed, message } of results) {
    const task = tasks[number - 1];
    expect({ number, passed }).toEqual({ number, passed: false });
    expect(message).toContain(`TODO ${number} in start/${task?.file}: `);
    expect(message).toContain(`Hint: ${task?.hints[0]}\nFor more: pnpm --filter datahub-exercise hint ${number}`);
  }
  const page = new Walkthrough(join(exercise, 'README.md'), join(exercise, '../../..'));
  const [, second] = results;
  page.real.task = second?.message.split('\n').slice(0, 3).join('\n') ?? '';
  expect(page.stale()).toEqual([]);
});

test('start is the solution with the TODOs open, and nothing else differs', (context) => {
  expect(contents('start')).toEqual(contents(temporary(context, 'start')));
  expect(contents(temporary(context, 'end', tasks))).toEqual(contents('end'));
});
