import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { inTerminal, run } from '@grpc-by-example/testing';
import { expect, onTestFinished, test } from 'vitest';
import { exercise, solutionOf, writeStart } from '../src/folders.ts';
import { withRegion } from '../src/regions.ts';
import { tasks } from '../src/tasks.ts';

/** A copy of the exercise: these tests must not touch the work of a learner. */
function copyOfExercise(): string {
  const copy = mkdtempSync(join(exercise, 'alone-copy-'));
  onTestFinished(() => rmSync(copy, { recursive: true }));
  for (const name of ['end', 'spec', 'src', 'package.json']) {
    cpSync(join(exercise, name), join(copy, name), { recursive: true });
  }
  writeStart(join(basename(copy), 'start'));
  return copy;
}

/** Runs what `pnpm --filter datahub-exercise NAME` runs, in the copy. */
async function command(cwd: string, name: string, ...args: string[]) {
  const { scripts } = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8'));
  const { exit, stdout, stderr } = await run([...scripts[name].split(' '), ...args], { cwd });
  return { exit, stderr, lines: stdout.trimEnd().split('\n') };
}

test('from all red to all green: hints one at a time, the solution, and start over', async () => {
  const cwd = copyOfExercise();
  const [first] = tasks;
  const head = `Task 1: ${first?.title} (start/server/egress.ts)`;
  expect(await command(cwd, 'hint')).toEqual({ exit: 0, stderr: '', lines: [head, `Hint 1 of 3: ${first?.hints[0]}`] });
  expect((await command(cwd, 'hint', '1')).lines).toEqual([head, `Hint 2 of 3: ${first?.hints[1]}`]);
  const last = [head, `Hint 3 of 3: ${first?.hints[2]}`, expect.stringContaining('datahub-exercise solution 1')];
  expect((await command(cwd, 'hint', '1')).lines).toEqual(last);
  expect((await command(cwd, 'hint', '1')).lines).toEqual(last);
  expect((await command(cwd, 'hint', '3')).lines[1]).toBe(`Hint 1 of 3: ${tasks[2]?.hints[0]}`);

  const diff = await command(cwd, 'solution');
  expect({ exit: diff.exit, stderr: diff.stderr }).toEqual({ exit: 0, stderr: '' });
  expect(diff.lines).toContain('-  await delay(milliseconds);');
  expect(diff.lines).toContain('+  await delay(milliseconds, undefined, { signal });');
  const one = await command(cwd, 'solution', '2');
  expect(one.lines.at(-1)).toBe('await delay(milliseconds, undefined, { signal });');

  for (const task of tasks) {
    const path = join(cwd, 'start', task.file);
    writeFileSync(path, withRegion(readFileSync(path, 'utf8'), task.number, solutionOf(task)));
  }
  expect((await command(cwd, 'hint')).lines).toEqual([expect.stringMatching(/^All tasks are done\./)]);
  expect((await command(cwd, 'solution')).lines).toEqual(['No difference: start is the solution.']);

  const work = readFileSync(join(cwd, 'start/server/egress.ts'), 'utf8');
  // Once more than anybody needs, and nothing is lost.
  for (const number of [1, 2]) {
    const lines = [expect.stringContaining(`What was there before is in before-reset/${number}/.`)];
    expect(await command(cwd, 'reset')).toEqual({ exit: 0, stderr: '', lines });
    expect(readFileSync(join(cwd, 'before-reset/1/server/egress.ts'), 'utf8')).toBe(work);
  }
  expect(readFileSync(join(cwd, 'start/server/egress.ts'), 'utf8')).toContain('// TODO 1: ');
  expect((await command(cwd, 'hint', '1')).lines[1]).toContain('Hint 1 of 3');
});

test('the solution is printed, on a terminal too, whatever git is told to show a difference with', async (context) => {
  const cwd = copyOfExercise();
  const env = { GIT_PAGER: 'echo paged; cat', GIT_EXTERNAL_DIFF: 'echo elsewhere', TERM: 'xterm' };
  const { exit, stdout } = await run(inTerminal(context, ['node', '--import', 'tsx', 'src/solution.ts']), { cwd, env });
  expect(exit).toBe(0);
  expect(stdout).toContain('await delay(milliseconds, undefined, { signal });');
  expect(stdout).not.toMatch(/paged|elsewhere/);
});

test('work that does not load is told', async () => {
  const cwd = copyOfExercise();
  writeFileSync(join(cwd, 'start/server/egress.ts'), 'this is no TypeScript');
  expect((await command(cwd, 'hint')).lines).toEqual([expect.stringMatching(/^start does not load\./)]);
});

test('a task that is not there is reported on one line', async () => {
  const stderr = "error: there is no task '9'; the tasks are 1 to 8\n";
  const cwd = copyOfExercise();
  expect(await command(cwd, 'hint', '9')).toMatchObject({ exit: 2, stderr });
  expect(await command(cwd, 'solution', '9')).toMatchObject({ exit: 2, stderr });
});
