import type { Method } from './examples.ts';

interface Field {
  readonly name: string;
  readonly type: string;
}

/**
 * Reads a message that a method takes from its JSON. protobufjs would take a name that it does not know for nothing, and
 * what is no number for another number.
 *
 * @throws Error with a sentence for the page
 */
export function readMessage(method: Method, text: unknown): object {
  const message = parseObject(text, 'the message');
  const { requestType } = method as Method & {
    readonly requestType: { readonly type: { readonly field: readonly Field[] } };
  };
  const { field: fields } = requestType.type;
  for (const [name, value] of Object.entries(message)) {
    const field = fields.find((field) => field.name === name);
    if (!field)
      throw new Error(
        `the message has no field ${JSON.stringify(name)}, but ${fields.map(({ name }) => name).join(', ')}`,
      );
    if (/64$/.test(field.type) && !isWholeNumber(value)) throw new Error(`${name} must be a whole number`);
  }
  method.requestSerialize(message);
  return message;
}

/** Numbers the last text of a message, and makes it longer. */
export function padded(message: object, bytes: number, number: number): object {
  const texts = Object.entries(message).filter(([, value]) => typeof value === 'string' && !isWholeNumber(value));
  const [name, text] = texts.at(-1) ?? [];
  if (name === undefined) return message;
  return { ...message, [name]: `${text}${number > 0 ? ` ${number}` : ''}`.padEnd(bytes) };
}

/** Text keeps all of its digits. */
function isWholeNumber(value: unknown): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value);
  if (typeof value !== 'string' || !/^-?\d{1,19}$/.test(value)) return false;
  const exact = BigInt(value);
  return BigInt.asIntN(64, exact) === exact;
}

/** @throws Error with a sentence for the page */
export function parseObject(text: unknown, what: string): object {
  let parsed: unknown;
  try {
    parsed = JSON.parse(String(text));
  } catch (error) {
    throw new Error(`${what} is no JSON: ${error instanceof Error ? error.message : error}`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new Error(`${what} must be an object, in braces`);
  }
  return parsed;
}
