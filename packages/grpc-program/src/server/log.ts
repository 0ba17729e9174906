import { type LevelWithSilent, type Logger, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { printOnStderr } from '../print.ts';

export const LOG_LEVELS: readonly LevelWithSilent[] = ['silent', 'error', 'warn', 'info', 'debug'];

/** A log on stderr: lines for people on a terminal, JSON in a pipe. It never holds up or ends the program. */
export function makeLog(name: string, level: LevelWithSilent): Logger {
  const forPeople = process.stderr.isTTY ? prettyFactory({ ignore: 'name', singleLine: true }) : undefined;
  return pino(
    { name, level, base: null, formatters: { level: (label) => ({ level: label }) } },
    { write: (line) => printOnStderr((forPeople?.(line) ?? line).trimEnd()) },
  );
}
