import { asText } from './as-text.ts';
import { Output } from './output.ts';

let stdout: Output | undefined;
let stderr: Output | undefined;

/**
 * Prints a line on stdout, what it has of a peer as text, for what is good to know but not worth waiting for: unlike
 * with `console.log`, lines that nobody reads do not pile up, but are dropped beyond 1 MiB, and the next one that is
 * read says how many.
 */
export function print(line: string): void {
  stdout ??= new Output(process.stdout, (dropped) => `(${dropped} lines were dropped, as nobody read them)`);
  stdout.print(asText(line));
}

/** The same on stderr, where the log and the trace are: lines of JSON in a pipe. */
export function printOnStderr(line: string): void {
  stderr ??= new Output(process.stderr, (dropped) =>
    JSON.stringify({ level: 'warn', time: Date.now(), dropped, msg: 'lines were dropped, as nobody read them' }),
  );
  stderr.print(line);
}

/** How many lines of each output were dropped since the start. */
export function droppedLines(): { stdout: number; stderr: number } {
  return { stdout: stdout?.dropped ?? 0, stderr: stderr?.dropped ?? 0 };
}
