import { expect, test } from 'vitest';
import { countIndependently } from '../../proto/test/count-independently.mts';
import { filesOf } from './files.ts';
import { countsIn, serve, workHonestly } from './start.ts';

const MIB = 2 ** 20;

test('a reduce job that is too large for a message comes in several', async () => {
  // All words are different: nothing can be added up before the reduce.
  let text = '';
  for (let n = 0; text.length < 3 * MIB; n++) text += `${n.toString(36).padStart(100, 'é')} `;
  const master = await serve(filesOf(text));
  const session = master.connect().open();
  const working = workHonestly(session);
  await master.run.summary;
  const gone = master.run.dismissWorkers();
  const done = await working;
  await gone;
  const messages = session.responses.filter(({ job }) => job);
  expect(messages.filter(({ job }) => job?.more).length).toBeGreaterThanOrEqual(master.plan.partitions);
  expect(messages.length).toBeGreaterThan(done.length);
  expect(countsIn(master.output)).toEqual(countIndependently(text));
});
