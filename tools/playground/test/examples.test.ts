import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run, temporaryFolder } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { readCommand } from '../src/command.ts';
import { firstMessage, playedExamples, sourceOf } from '../src/examples.ts';
import { padded, readMessage } from '../src/message.ts';
import { pageFiles } from '../src/page-files.ts';

const examples = playedExamples();
const tasks = examples.flatMap((example) => (example.tasks ?? []).map((task) => ({ example, task })));
const chat = examples.find(({ name }) => name === 'chat');
if (!chat) throw new Error('there is no chat');

test('every example is played', () => {
  const root = join(import.meta.dirname, '../../../examples');
  const withServer = readdirSync(root).filter((name) => existsSync(join(root, name, 'server')));
  expect(new Set(examples.map(({ folder }) => folder.split('/')[1]))).toEqual(new Set(withServer));
});

test.each(examples)('the first messages of $name are what its methods take', (example) => {
  for (const [path, method] of example.methods) {
    expect(Object.keys(JSON.parse(firstMessage(example, path)))).not.toEqual([]);
    readMessage(method, firstMessage(example, path));
  }
  expect(example.tasks?.length).toBeGreaterThanOrEqual(1);
});

test.each(tasks)(
  'task $example.name, $task.title: has an answer, a source, and steps that a page may ask for',
  ({ example, task }) => {
    expect(task.choices[task.right]).toBeDefined();
    expect(sourceOf(example, task).split('\n').length).toBeGreaterThan(1);
    new RegExp(task.shows, 'm');
    for (const step of task.steps) if (!('wait' in step)) readCommand(JSON.stringify(step), example);
  },
);

test('an example that `pnpm new` makes joins by itself', async () => {
  const repository = temporaryFolder();
  for (const name of ['docs', 'examples', 'packages', 'tools']) mkdirSync(join(repository, name));
  const newExample = join(import.meta.dirname, '../../new-example');
  const plop = [join(newExample, 'node_modules/plop/bin/plop.js'), '--plopfile', join(newExample, 'plopfile.js')];
  await run(['node', ...plop, 'my-notes'], { env: { NEW_EXAMPLE_IN: repository } });
  const [example, ...others] = playedExamples(repository);
  expect([example?.name, others]).toEqual(['my-notes', []]);
  expect([...(example?.methods.keys() ?? [])]).toEqual(['/my_notes.MyNotes/exchange']);
  const tasks = example?.tasks ?? [];
  expect(tasks).toHaveLength(1);
  for (const task of tasks) {
    if (example) expect(sourceOf(example, task, repository).split('\n').length).toBeGreaterThan(1);
    for (const step of task.steps) if (example && !('wait' in step)) readCommand(JSON.stringify(step), example);
  }
});

test('the page has 40 KB at most', async () => {
  const files = await pageFiles(examples.map(({ name }) => name));
  const bytes = [...files.values()].reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);
  expect(bytes).toBeLessThanOrEqual(40_000);
});

test.each([
  ['{', /^the command is no JSON: /],
  ['[]', 'the command must be an object, in braces'],
  ['{"do":"rm"}', 'there is no such command'],
  ['{"do":"server","act":"SIGSTOP"}', /^it must be one of start, stop, /],
  ['{"do":"open","method":"__proto__"}', 'this example has no such method'],
  ['{"do":"open","method":"/Chat/chat","deadlineMs":-5}', 'the deadline must be a whole number from 1 to 3,600,000'],
  ['{"do":"send","message":"{}","bytes":1e9,"count":1}', /^the padding must be a whole number/],
  ['{"do":"send","message":"{}","bytes":5242880,"count":100}', 'that is more than 64 MiB at once'],
  ['{"do":"send","message":"{}","bytes":0,"count":100001}', /^how many must be a whole number from 1 to 100,000/],
  ['{"do":"what if","name":"constructor"}', /^it must be one of cancel, /],
])('a page may not ask %s', (command, message) => {
  expect(() => readCommand(command, chat)).toThrow(message);
});

test('an int64 stays exact, and what a message cannot hold is told', () => {
  const sum = examples.find(({ name }) => name === 'calc')?.methods.get('/StreamingCalcService/sum');
  if (!sum) throw new Error('there is no sum');
  const largest = readMessage(sum, '{"value": "9223372036854775807"}');
  expect(sum.requestDeserialize(sum.requestSerialize(largest))).toEqual({ value: '9223372036854775807' });
  expect(() => readMessage(sum, '{"value": "9223372036854775808"}')).toThrow('value must be a whole number');
  expect(() => readMessage(sum, '{"value": 1.5}')).toThrow('value must be a whole number');
  expect(() => readMessage(sum, '{"valeu": "1"}')).toThrow('the message has no field "valeu", but value');
});

test('a message is padded and numbered at its last text', () => {
  expect(padded({ name: 'Sam', message: 'Hi' }, 6, 2)).toEqual({ name: 'Sam', message: 'Hi 2  ' });
  expect(padded({ value: '5' }, 6, 2)).toEqual({ value: '5' });
});
