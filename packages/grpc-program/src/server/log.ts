import { destination, type LevelWithSilent, type Logger, pino } from 'pino';
import { PinoPretty } from 'pino-pretty';

export const LOG_LEVELS: readonly LevelWithSilent[] = ['silent', 'error', 'warn', 'info', 'debug'];

/** A log on stderr: lines for people on a terminal, JSON in a pipe. */
export function makeLog(name: string, level: LevelWithSilent): Logger {
  // Synchronous: the last words of a program that ends must not be lost.
  const stderr = destination({ dest: 2, sync: true });
  return pino(
    { name, level, base: null, formatters: { level: (label) => ({ level: label }) } },
    process.stderr.isTTY ? PinoPretty({ destination: stderr, ignore: 'name', singleLine: true }) : stderr,
  );
}
