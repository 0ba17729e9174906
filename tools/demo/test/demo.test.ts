import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  inBash,
  inTerminal,
  nobodyListens,
  programCommand,
  readmeBlocks,
  run,
  staleBlocks,
} from '@grpc-by-example/testing';
import { startProgram } from '@grpc-by-example/testing/program-tests';
import { expect, test } from 'vitest';
import { EXAMPLES, MISHAPS } from '../src/examples.ts';
import { asWritten } from './lanes.ts';

const root = join(import.meta.dirname, '../../..');
const readme = join(root, 'README.md');
const demo = (...args: string[]) => programCommand(join(import.meta.dirname, '../src/main.ts'), ...args);

test.concurrent('pnpm demo chat prints what the root README shows', async () => {
  // The script of the root package; CI runs it through pnpm.
  const script = join(root, 'packages/run-typescript/bin/run-typescript.js');
  const { exit, stdout, stderr } = await run(['node', script, join(import.meta.dirname, '../src/main.ts'), 'chat']);
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  const blocks = readmeBlocks(readme);
  const written = blocks.find(({ source }) => source === 'demo')?.text ?? '';
  // CI runs the commands.
  const commands = blocks.filter(({ kind }) => kind === 'commands').map(({ source, text }) => [source, text]);
  expect(staleBlocks(readme, { ...Object.fromEntries(commands), demo: asWritten(written, stdout) })).toEqual([]);
});

test('CI runs the commands of the root README', () => {
  const ci = readFileSync(join(root, '.ci/check.js'), 'utf8');
  for (const name of ['first', 'two-terminals']) expect(ci).toContain(`commands('${name}')`);
});

const OTHERS = EXAMPLES.filter(({ name }) => name !== 'chat');

test.concurrent.for(OTHERS)('pnpm demo $name --plain is stable text', async ({ name }, { expect }) => {
  const { exit, stdout, stderr } = await run(demo(name, '--plain'));
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  const file = join(import.meta.dirname, `plain/${name}.txt`);
  await expect(asWritten(readFileSync(file, 'utf8'), stdout)).toMatchFileSnapshot(file);
});

test.concurrent('without a name the demo lists the examples', async () => {
  const { exit, stdout } = await run(demo());
  expect(exit).toBe(0);
  for (const { name, shows } of EXAMPLES) expect(stdout).toMatch(new RegExp(`^ {2}${name} +${shows}$`, 'm'));
  expect(stdout).toMatch(/^ {2}jobs /m);
});

test.concurrent('on a terminal the demo asks until there is an answer', async (context) => {
  const program = startProgram(inTerminal(context, demo()));
  await program.prints(/Which one\? \[chat\] /);
  program.type('chess\n');
  await program.prints(/There is no "chess", but chat, calc, [\s\S]*Which one\? \[chat\] /);
  program.type('chat\n');
  expect(await program.ended).toBe(0);
  expect(program.stdout).toContain('| John: Hello');
});

test.concurrent.for([
  ['the end of the input', '\x04', 1, /Error: no example was chosen; run one: pnpm demo chat\s+$/],
  ['Ctrl-C', '\x03', 0, /Which one\? \[chat\] [^a-z]*$/],
] as const)('%s instead of an answer ends the demo', async ([, keys, exit, printed], context) => {
  const program = startProgram(inTerminal(context, demo()));
  await program.prints(/Which one\? \[chat\] /);
  program.type(`chess\n`);
  await program.prints(/There is no [\s\S]*Which one\? \[chat\] /);
  program.type(keys);
  expect(await program.ended).toBe(exit);
  expect(program.stdout).toMatch(printed);
});

test.concurrent.for(['chat', 'jobs'])('a reader that leaves ends the demo of %s in order', async (name) => {
  const { exit, stdout, stderr } = await run(inBash('"$@" | head -1; exit $PIPESTATUS', ...demo(name)));
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  expect(stdout).toMatch(/^.+\n$/);
});

test.concurrent('an output that cannot be written is told in one line', async () => {
  const { exit, stderr } = await run(inBash('"$@" > /dev/full', ...demo('chat')));
  expect(exit).toBe(1);
  expect(stderr).toMatch(/^Error: cannot write to stdout: .+\n$/);
});

test.concurrent.for([
  [['--what-if'], Object.keys(MISHAPS)],
  [['chat', '--what-if'], Object.values(MISHAPS)],
  [['calc', '--what-if'], ['calc has no what-ifs; those of the chat: pnpm demo chat --what-if\n']],
  [['--what-if', 'calc'], ['calc has no what-ifs']],
] as const)('what can be shown going wrong is listed: %j', async ([args, told]) => {
  const { exit, stdout, stderr } = await run(demo(...args));
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  for (const words of told) expect(stdout).toContain(words);
});

test.concurrent.for([
  [['chess'], /chess.*Allowed choices are chat, calc/],
  [['--what-if', 'rain'], /^error: there is no what-if 'rain'\. Allowed choices are cancel, .*\n$/],
  [['--what-if', 'toString'], /^error: there is no what-if 'toString'/],
  [['calc', '--what-if', 'cancel'], /^error: calc has no what-ifs; .*\n$/],
  [['--slow', '--what-if'], /^error: --what-if has its own pace; .*\n$/],
  [['chat', '--replicas', '2'], /^error: --replicas goes with datahub alone: .*\n$/],
  [['datahub', '--replicas', '1'], /^error: option '--replicas <n>' argument '1' is invalid\. It must be .*\n$/],
] as const)('what does not exist is reported on one line: %j', async ([args, message]) => {
  const { exit, stdout, stderr } = await run(demo(...args));
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
  expect(stderr).toMatch(message);
});

test.concurrent.for(['chat', 'message'])('Ctrl-C ends the demo of %s in order, at any time', async (name) => {
  const program = startProgram(demo(name));
  await program.prints(/listens on/);
  program.signal('SIGINT');
  expect(await program.ended, program.stderr).toBe(0);
  expect(program.stdout).toContain(`${name}-server is shutting down`);
  expect(program.stderr).toBe('');
});

test.concurrent('a worker is killed in the middle of pnpm demo jobs, and the counts are right', async () => {
  const { exit, stdout } = await run(demo('jobs'));
  expect(exit).toBe(0);
  expect(stdout).toMatch(/^demo +\| kills worker [abc]$/m);
  // What goes over the wire, in a lane for each of them.
  expect(stdout).toMatch(/^├─ job \{map-1, 1, .*▶│/m);
  expect(stdout).toMatch(/^│ worker [abc]: call cancelled/m);
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

test.concurrent('a demo that is killed takes its programs with it', async () => {
  const program = startProgram(demo('jobs'));
  const [, port] = await program.prints(/listens on localhost:(\d+)/);
  // The demo alone: its programs are in the same process group.
  process.kill(program.pid, 'SIGKILL');
  await nobodyListens(Number(port));
});
