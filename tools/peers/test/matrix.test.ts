import { join } from 'node:path';
import { programCommand, soon } from '@grpc-by-example/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { matrix } from '../matrix/all-rows.ts';
import type { Row } from '../matrix/rows.ts';
import { type Outcome, runRow } from '../matrix/run-row.ts';
import { leftBy, unwatchHandles, watchHandles } from './open-handles.ts';

beforeAll(watchHandles);
afterAll(unwatchHandles);

test('the matrix has 198 rows', () => {
  expect(matrix).toHaveLength(198);
});

test.concurrent.each(matrix.map(([kind, row]) => [kind, row.event, row] as const))(
  'in a %s call, when %s',
  async (kind, _, row) => {
    const clientProcess = programCommand(join(import.meta.dirname, '../matrix/client-process/main.ts'));
    const patience = soon().deadline - Date.now();
    let outcome: Outcome | undefined;
    const left = await leftBy(async () => {
      outcome = await runRow('grpc-streams', kind, row, { clientProcess, callMs: patience, settleMs: patience });
    });
    expect(outcome).toEqual(outcome && expectedOf(row, outcome));
    expect(left).toEqual([]);
  },
);

/** The outcome that the row expects; where it leaves something open, as it was seen. */
function expectedOf({ expected }: Row, seen: Outcome): Outcome {
  const { status, orStatus, messages = seen.messages, signal = 'none', unsure, runsOn } = expected;
  return {
    status: seen.status === orStatus ? orStatus : status,
    messages,
    signal: unsure && seen.signal === 'none' ? 'none' : signal,
    finally: expected.signal === undefined ? 'never entered' : runsOn ? 'did not run' : 'ran',
    misled: unsure ? seen.misled : false,
    open: [],
  };
}
