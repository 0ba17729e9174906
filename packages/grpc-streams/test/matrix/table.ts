import type { Outcome } from './run-row.ts';
import type { Kind } from './plans.ts';
import type { NotApplicable, Row } from './rows.ts';

/** One line of the table that the run prints. */
export interface Line {
  readonly kind: Kind;
  readonly event: string;
  readonly outcome?: Outcome & { readonly left: string };
  readonly verdict: string;
}

/** The table as aligned text. */
export function tableOf(lines: readonly Line[]): string {
  const rows = lines.map(({ kind, event, outcome, verdict }) => [
    kind,
    event,
    outcome ? `${outcome.status}, ${outcome.messages}` : '-',
    outcome?.signal ?? '-',
    outcome?.finally ?? '-',
    outcome?.left ?? '-',
    verdict,
  ]);
  return aligned([['kind', 'event', 'status, messages', 'signal', 'finally', 'left open', 'ok'], ...rows]);
}

function aligned(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()).join('\n');
}

export function isRow(entry: Row | NotApplicable): entry is Row {
  return 'expected' in entry;
}
