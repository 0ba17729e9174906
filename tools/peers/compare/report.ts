import { createRequire } from 'node:module';
import { STACKS } from '../matrix/load-stack.ts';
import type { Cell } from './cells.ts';
import { EVENTS } from './events.ts';
import { LEGEND, type Verdict } from './verdict.ts';

/** The comparison as Markdown. */
export function reportOf(verdicts: ReadonlyMap<Cell, Verdict>): string {
  const rows = EVENTS.map((event) => [
    event,
    ...STACKS.map((stack) => merged([...verdicts].filter(([cell]) => isOf(cell, event, stack)))),
  ]);
  const shares = ['**right**, of those that apply', ...STACKS.map((stack) => share(verdicts, stack))];
  const words = LEGEND.filter(([word]) => [...verdicts.values()].includes(word)).map(
    ([word, meaning]) => `- *${word}*: ${meaning}.`,
  );
  return `${[
    ...aligned([['event', ...STACKS], ...rows, shares]),
    '',
    'Where the kinds of calls differ, the kinds are named that go wrong.',
    '',
    ...words,
    '',
    versions(),
  ].join('\n')}\n`;
}

/** The lines of a table, the first of which is its head. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => `| ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`);
  return lines.toSpliced(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`);
}

function isOf(cell: Cell, event: string, stack: string): boolean {
  return cell.row.event === event && cell.stack === stack;
}

/** One text for all the kinds of calls that have the event. */
function merged(results: readonly (readonly [Cell, Verdict])[]): string {
  const applicable = results.filter(([, verdict]) => verdict !== 'n/a');
  const kindsBy = new Map<Verdict, string[]>();
  for (const [{ kind }, verdict] of applicable) kindsBy.set(verdict, [...(kindsBy.get(verdict) ?? []), kind]);
  const [only] = kindsBy.keys();
  if (kindsBy.size <= 1) return only ?? 'n/a';
  return [...kindsBy]
    .filter(([verdict]) => verdict !== 'right')
    .map(([verdict, kinds]) => `${verdict}: ${kinds.join(', ')}`)
    .join('; ');
}

function share(verdicts: ReadonlyMap<Cell, Verdict>, stack: string): string {
  const all = [...verdicts].filter(([cell, verdict]) => cell.stack === stack && verdict !== 'n/a');
  return `${all.filter(([, verdict]) => verdict === 'right').length} of ${all.length}`;
}

function versions(): string {
  const require = createRequire(import.meta.url);
  const version = (name: string) => `${name} ${(require(`${name}/package.json`) as { version: string }).version}`;
  return `${['@grpc/grpc-js', 'nice-grpc'].map(version).join(', ')}; Node ${process.versions.node}.`;
}
