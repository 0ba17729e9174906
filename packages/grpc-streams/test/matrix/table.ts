import type { Entries } from './all-rows.ts';
import type { Kind } from './plans.ts';
import type { NotApplicable, Row } from './rows.ts';
import type { Outcome } from './run-row.ts';

/** What came of a row. */
export interface Result {
  readonly outcome: Outcome;
  /** Calls, sockets, timers and processes that are left, and errors that nobody caught. */
  readonly left: string;
  readonly good: boolean;
}

const HEAD = ['kind', 'event', 'status', 'messages', 'signal', 'finally', 'left open', 'ok'];

/** The table as aligned text. */
export function tableOf(matrix: readonly (readonly [Kind, Entries])[], results: ReadonlyMap<Row, Result>): string {
  const lines = matrix.flatMap(([kind, entries]) =>
    entries.map((entry) => [
      kind,
      entry.event,
      ...(isRow(entry) ? cellsOf(results.get(entry)) : [`n/a: ${entry.why}`]),
    ]),
  );
  return aligned([HEAD, ...lines]);
}

export function isRow(entry: Row | NotApplicable): entry is Row {
  return 'expected' in entry;
}

function cellsOf(result: Result | undefined): string[] {
  if (!result) return ['not run'];
  const { outcome, left, good } = result;
  const misled = outcome.misled ? ', misled' : '';
  const { status, messages, signal } = outcome;
  return [status, String(messages), signal, outcome.finally + misled, left, good ? 'ok' : 'NOT OK'];
}

function aligned(lines: readonly string[][]): string {
  // The reason why a line does not apply may reach over the next columns.
  const widthOf = (column: number) =>
    Math.max(...lines.map((line) => (line.length > 3 || column < 2 ? (line[column]?.length ?? 0) : 0)));
  const widths = HEAD.map((_, column) => widthOf(column));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
