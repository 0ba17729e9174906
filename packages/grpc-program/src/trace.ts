import { laneOf, type TraceListener } from 'stream-trace';
import { printOnStderr } from './print.ts';

/** Prints every event of every call on stderr: in two lanes on a terminal, as JSON in a pipe. */
export const printTrace: TraceListener = (event) => {
  const { isTTY, columns } = process.stderr;
  const line = isTTY ? laneOf(event, { width: Math.min(columns, 80), color: true }) : JSON.stringify({ trace: event });
  if (line) printOnStderr(line);
};
