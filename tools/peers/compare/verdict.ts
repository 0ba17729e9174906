import type { Row } from '../matrix/rows.ts';
import type { Outcome } from '../matrix/run-row.ts';
import { LEFT } from '../matrix/stack.ts';

/** What a stack makes of a row: `right`, `n/a`, or what is wrong. */
export type Verdict = string;

/** What the readers of the table need to know of its words. */
export const LEGEND: readonly (readonly [Verdict, string])[] = [
  ['hangs', 'the client gets no status until its deadline, or not even then'],
  ['crashes', 'the process ends by an error that nobody can catch'],
  ['leaks', 'the handler goes on, or waits for ever, though the call is over'],
  ['loses messages', 'messages that were sent before the status do not arrive'],
  ['misled', 'the handler takes the requests of a lost client for complete'],
  ['n/a', 'the stack has no way to do this, by design'],
];

export function verdictOf({ expected }: Row, outcome: Outcome): Verdict {
  const { status, messages } = outcome;
  if (status === 'hangs') return 'hangs';
  if (status === 'DEADLINE_EXCEEDED' && expected.status !== status) return 'hangs';
  if (status.startsWith('Error')) return 'loses messages'; // the counter of responses says so
  if (status !== expected.status && status !== expected.orStatus && status !== LEFT) return `wrong status (${status})`;
  if (status === expected.status && messages < (expected.messages ?? 0)) return 'loses messages';
  if (outcome.finally === 'did not run') return 'leaks';
  return outcome.misled && !expected.unsure ? 'misled' : 'right';
}
