import { styleText } from 'node:util';
import { cut } from './format.ts';
import { isDrawnAtSender, label } from './to-lanes.ts';
import type { TraceEvent } from './trace-event.ts';

export interface ManyLanesOptions {
  /** What stands above the lane of each caller. */
  readonly callers: readonly string[];
  /** What stands above the lane of the server. */
  readonly server: string;
  /** Columns of the terminal. Default: 80. */
  readonly width?: number;
  readonly color?: boolean;
}

/** The line above the lanes: the server on the left, then its callers. */
export function manyLanesTitles(options: ManyLanesOptions): string {
  const line = ' '.repeat(options.width ?? 80).split('');
  write(line, 0, options.server);
  for (const [n, name] of options.callers.entries()) write(line, columnOf(n, options) - name.length + 1, name);
  return line.join('').trimEnd();
}

/**
 * An event of a record of both sides as a line in the lanes of a server and several callers. Undefined for what needs no
 * line.
 *
 * @param caller whose call it is, from 0
 */
export function manyLanesOf(event: TraceEvent, caller: number, options: ManyLanesOptions): string | undefined {
  const text = label(event, true);
  if (text === undefined) return undefined;
  const columns = options.callers.map((_, n) => columnOf(n, options));
  const own = columns[caller] ?? 0;
  const line = ' '.repeat(options.width ?? 80).split('');
  for (const column of [0, ...columns]) line[column] = '│';
  const isClient = event.side === 'client';
  if (isDrawnAtSender(event)) {
    for (let column = 1; column < own; column++) line[column] = columns.includes(column) ? '┼' : '─';
    line[isClient ? own : 0] = isClient ? '┤' : '├';
    line[isClient ? 1 : own - 1] = isClient ? '◀' : '▶';
    const shown = ` ${cut(text, own - 6)} `;
    write(line, isClient ? own - 1 - shown.length : 2, shown);
  } else {
    // What the server alone knows is of one caller, whose lane it does not reach.
    const shown = isClient ? text : `${options.callers[caller]}: ${text}`;
    write(line, isClient ? Math.max(2, own - 1 - shown.length) : 2, cut(shown, isClient ? own - 3 : line.length - 2));
  }
  const drawn = line.join('').trimEnd();
  return options.color ? styleText(isClient ? 'yellow' : 'cyan', drawn) : drawn;
}

function columnOf(caller: number, { callers, width = 80 }: ManyLanesOptions): number {
  return Math.floor(((width - 1) * (caller + 1)) / callers.length);
}

function write(line: string[], at: number, text: string): void {
  line.splice(at, text.length, ...text);
}
