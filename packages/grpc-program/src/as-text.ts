/**
 * What a terminal may obey, or show as nothing: controls, directions, surrogates, what Unicode has not assigned. Not the
 * joiners U+200C and U+200D, by which people write emoji and Persian.
 */
const NOT_TEXT = /(?![\u200c\u200d])[\p{C}\u2028\u2029]/gu;

const NAMES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * What a peer has said, as text in one line, wherever it is shown: a stranger's words must not colour a terminal, move
 * its cursor, turn the direction of a line, or look like another line of a log. As JavaScript would write them: an
 * escape is `\x1b`.
 */
export function asText(text: string): string {
  return text.replace(NOT_TEXT, (character) => NAMES[character] ?? escaped(character));
}

/** The same for a line of JSON, which stays JSON of the same text. */
export function asJsonText(json: string): string {
  return json.replace(NOT_TEXT, (character) =>
    Array.from({ length: character.length }, (_, i) => `\\u${hex(character.charCodeAt(i), 4)}`).join(''),
  );
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${hex(code, 2)}`;
  return code <= 0xffff ? `\\u${hex(code, 4)}` : `\\u{${hex(code, 1)}}`;
}

const hex = (code: number, digits: number) => code.toString(16).padStart(digits, '0');
