import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Program, run } from 'testing';
import { expect, test } from 'vitest';
import { EXAMPLES } from '../src/examples.ts';

const root = join(import.meta.dirname, '../../..');
const demo = (...args: string[]) => ['node', '--import', 'tsx', 'tools/demo/src/main.ts', ...args];

test.for(EXAMPLES)('pnpm demo $name --plain is stable text', async ({ name }) => {
  const { exit, stdout, stderr } = await run(demo(name, '--plain'), { cwd: root });
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  await expect(stdout).toMatchFileSnapshot(`plain/${name}.txt`);
});

test('without a name the demo lists the examples', async () => {
  const { exit, stdout } = await run(demo(), { cwd: root });
  expect(exit).toBe(0);
  for (const { name, shows } of EXAMPLES) expect(stdout).toMatch(new RegExp(`^ {2}${name} +${shows}$`, 'm'));
  expect(stdout).toMatch(/^ {2}jobs /m);
});

test.for([
  [['chess'], /chess.*Allowed choices are calc, chat/],
  [['--what-if', 'rain'], /rain.*Allowed choices/],
] as const)('what there is not is told in one line: %j', async ([args, message]) => {
  const { exit, stdout, stderr } = await run(demo(...args), { cwd: root });
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
  expect(stderr).toMatch(message);
});

test.for(['chat', 'message'])('Ctrl-C ends the demo of %s in order, at any time', async (name) => {
  await using program = new Program(demo(name), { cwd: root });
  await program.prints(/listens on/);
  program.signal('SIGINT');
  expect(await program.ended).toBe(0);
  expect(program.stdout).toContain(`${name}-server is shutting down`);
  expect(program.stderr).toBe('');
});

test('a worker is killed in the middle of pnpm demo jobs, and the counts are right', async () => {
  const { exit, stdout } = await run(demo('jobs'), { cwd: root });
  expect(exit).toBe(0);
  expect(stdout).toMatch(/^demo +\| kills worker a$/m);
  expect(stdout).toMatch(/^master +\| worker \d is lost/m);

  const text = readFileSync(join(root, 'examples/job-stream/server/texts/apache-license.txt'), 'utf8').toLowerCase();
  const counts = new Map<string, number>();
  for (const [word] of text.matchAll(/[\p{L}\p{M}\p{N}]+/gu)) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const shown = [...stdout.matchAll(/^master +\| +(\d+) (\S+)$/gm)];
  expect(shown.length).toBeGreaterThan(5);
  for (const [, count, word = ''] of shown) expect([word, Number(count)]).toEqual([word, counts.get(word)]);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  expect(stdout).toContain(`${total.toLocaleString('en')} words, ${counts.size} different`);
});
