import { expect, test } from 'vitest';
import { runSpec } from '../src/run-spec.ts';
import { tasks } from '../src/tasks.ts';
import { temporary } from './temporary.ts';

const greenIn = async (folder: string) =>
  (await runSpec(folder)).filter(({ passed }) => passed).map(({ number }) => number);

test('end passes every task', async () => {
  expect(await greenIn('end')).toEqual(tasks.map(({ number }) => number));
});

// They mostly wait, for what an open task never does.
test.concurrent.for(tasks)('TODO $number done alone turns task $number green, and no other', async (task, context) => {
  expect(await greenIn(temporary(context, `${task.number}`, [task]))).toEqual([task.number]);
});
