import type { TraceEvent } from './trace-event.ts';

/** The event in a line that a program with `--trace` printed into a pipe; undefined for any other line. */
export function readTraceLine(line: string): TraceEvent | undefined {
  return line.startsWith('{"trace":') ? (JSON.parse(line) as { trace: TraceEvent }).trace : undefined;
}

/** The events in all that such a program printed. */
export function readTrace(output: string): TraceEvent[] {
  return output.split('\n').flatMap((line) => readTraceLine(line) ?? []);
}
