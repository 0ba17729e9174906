import { setImmediate } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { matrix } from './all-rows.ts';
import { HandleWatch, uncaughtErrors } from './open-handles.ts';
import { stack } from './ours.ts';
import type { Row } from './rows.ts';
import { type Outcome, runRow } from './run-row.ts';
import { isRow, type Result, tableOf } from './table.ts';

/** A row has time limits of its own, which are shorter. */
const TEST_MS = 20_000;

const results = new Map<Row, Result>();
afterAll(() => void process.stdout.write(`\n${tableOf(matrix, results)}\n`));

describe.each(matrix)('in a %s call', (kind, entries) => {
  test.each(entries.filter(isRow))('when $event', { timeout: TEST_MS }, async (row) => {
    const errors = uncaughtErrors();
    await setImmediate(); // Vitest starts its timer for the test after this function
    const handles = new HandleWatch();
    const outcome = await runRow(stack, kind, row);
    const left = [...outcome.open, ...(await handles.left()), ...errors].join(', ') || '0';
    const expected = expectedOf(row, outcome);
    const good = left === '0' && JSON.stringify(outcome) === JSON.stringify(expected);
    results.set(row, { outcome, left, good });
    expect(outcome).toEqual(expected);
    expect(left).toBe('0');
  });
});

/** The outcome that the row expects; where it leaves something open, as it was seen. */
function expectedOf({ expected }: Row, seen: Outcome): Outcome {
  const { status, messages = seen.messages, signal = 'none', unsure } = expected;
  return {
    status,
    messages,
    signal: unsure && seen.signal === 'none' ? 'none' : signal,
    finally: expected.signal === undefined ? 'never entered' : 'ran',
    misled: unsure ? seen.misled : false,
    open: [],
  };
}
