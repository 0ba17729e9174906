import { type LevelWithSilent, type Logger, pino } from 'pino';
import { asJsonText, asText } from '../as-text.ts';
import { printOnStderr } from '../print.ts';

export const LOG_LEVELS: readonly LevelWithSilent[] = ['silent', 'error', 'warn', 'info', 'debug'];

/** A log on stderr: lines for people on a terminal, JSON in a pipe. It never holds up or ends the program. */
export async function makeLog(name: string, level: LevelWithSilent): Promise<Logger> {
  // By its default export, which is all that a bundle has of a CommonJS module that it loads later.
  const pretty = process.stderr.isTTY ? (await import('pino-pretty')).default : undefined;
  const forPeople = pretty?.prettyFactory({ ignore: 'name', singleLine: true });
  return pino(
    { name, level, base: null, formatters: { level: (label) => ({ level: label }) } },
    { write: (line) => printOnStderr(forPeople ? forPeople(asTexts(line)).trimEnd() : asJsonText(line.trimEnd())) },
  );
}

/** A line of JSON with all its strings as text; stacks keep their lines. */
function asTexts(json: string): string {
  const texts = (_: string, value: unknown) =>
    typeof value === 'string' ? value.split('\n').map(asText).join('\n') : value;
  return JSON.stringify(JSON.parse(json), texts);
}
