import type { Readable } from 'node:stream';

/** This much of a wrong value is shown to the person who wrote it. */
const SHOWN_LENGTH = 40;
/** Of a longer line, the end is not waited for. */
const LONGEST_LINE = 1_000;

/** A text that is not a value; the message quotes it. */
export class InvalidValue extends Error {
  override name = 'InvalidValue';

  /** @param where what the message begins with */
  constructor(text: string, where = '') {
    const shown = text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
    super(`${where}${JSON.stringify(shown)} is not a signed 64-bit integer`);
  }
}

/** Reads a signed 64-bit integer in decimal; throws {@link InvalidValue} when it is not one. */
export function parseValue(text: string, where?: string): bigint {
  // BigInt itself also accepts hexadecimal and the empty text, and takes its time for a million digits.
  const value = /^[+-]?\d{1,100}$/.test(text) ? BigInt(text) : undefined;
  if (value === undefined || BigInt.asIntN(64, value) !== value) throw new InvalidValue(text, where);
  return value;
}

/** Reads one value per line, as the lines come; throws {@link InvalidValue} with the number of the line. */
export async function* readValues(input: Readable): AsyncGenerator<bigint> {
  let lineNumber = 0;
  let rest = '';
  for await (const chunk of input.setEncoding('utf8')) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield parseValue(line.trim(), `line ${++lineNumber}: `);
    if (rest.length > LONGEST_LINE) throw new InvalidValue(rest, `line ${lineNumber + 1}: `);
  }
  if (rest) yield parseValue(rest.trim(), `line ${++lineNumber}: `);
}
