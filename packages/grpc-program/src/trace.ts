import { laneOf, type TraceListener } from '#stream-trace';
import { asJsonText, asText } from './as-text.ts';
import { printOnStderr } from './print.ts';

/** Prints every event of every call on stderr: in two lanes on a terminal, as JSON in a pipe. */
export const printTrace: TraceListener = (event) => {
  const { isTTY, columns } = process.stderr;
  const line = isTTY
    ? laneOf(
        { ...event, ...(event.text && { text: asText(event.text) }) },
        { width: Math.min(columns, 80), color: true },
      )
    : asJsonText(JSON.stringify({ trace: event }));
  if (line) printOnStderr(line);
};
