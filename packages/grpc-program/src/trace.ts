import { laneOf, laneTitles, type TraceListener } from '#stream-trace';
import { asJsonText, asText } from './as-text.ts';
import { printOnStderr } from './print.ts';

const NARROWEST = 60;
const WIDEST = 120;

let hasTitles = false;

/** Prints every event of every call on stderr: in two lanes on a terminal, as JSON in a pipe. */
export const printTrace: TraceListener = (event) => {
  const { isTTY, columns } = process.stderr;
  if (!isTTY) return printOnStderr(asJsonText(JSON.stringify({ trace: event })));
  // A terminal that does not know its size says 0.
  const width = Math.min(Math.max(columns || 80, NARROWEST), WIDEST);
  const options = { width, color: true, hasTimes: true };
  const shown = { ...event, call: asText(event.call), ...(event.text && { text: asText(event.text) }) };
  const line = laneOf(shown, options);
  if (!line) return;
  if (!hasTitles) printOnStderr(laneTitles(options));
  hasTitles = true;
  printOnStderr(line);
};
