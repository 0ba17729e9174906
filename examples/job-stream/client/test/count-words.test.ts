import { expect, test } from 'vitest';
import { countWords } from '../src/count-words.ts';

function counted(...texts: string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) countWords(text, counts);
  return Object.fromEntries(counts);
}

test.each<[string, Record<string, number>]>([
  ['', {}],
  [' \r\n\t.,;!?-_"\'()[]{}<>/\\', {}],
  ['one', { one: 1 }],
  ['One TWO one', { one: 2, two: 1 }],
  ["don't re-do snake_case", { don: 1, t: 1, re: 1, do: 1, snake: 1, case: 1 }],
  ['3.14 v2 ٤٢', { '3': 1, '14': 1, v2: 1, '٤٢': 1 }],
  ['ÉCOLE école e\u0301cole E\u0301cole', { '\u00e9cole': 4 }],
  ['H\u0331 h\u0331 \u1e96', { '\u1e96': 3 }],
  ['\u1100\u1161\u11a8 \uac01', { '\uac01': 2 }],
  ['a\u0323\u0307 a\u0307\u0323', { '\u1ea1\u0307': 2 }],
  ['<\u0338a \u226ea', { a: 2 }],
  ['ΣΊΣΥΦΟΣ İstanbul', { σίσυφος: 1, i̇stanbul: 1 }],
  ["ΑΣ'Α ΑΣ.", { ας: 2, α: 1 }],
  ['語る。 שלום! \u{10400}', { 語る: 1, שלום: 1, '\u{10428}': 1 }],
  ['constructor __proto__ toString', { constructor: 1, proto: 1, tostring: 1 }],
  ['👋 👩‍👩‍👧‍👦 ™ ©', {}],
])('%j', (text, counts) => {
  expect(counted(text)).toEqual(counts);
});

test('a word in lower case is a word in lower case, whatever it is made of', () => {
  for (let code = 0; code <= 0x10ffff; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    for (const word of Object.keys(counted(String.fromCodePoint(code)))) expect(counted(word)).toEqual({ [word]: 1 });
  }
});

test('counts of several texts add up', () => {
  expect(counted('a b', 'b c', '')).toEqual({ a: 1, b: 2, c: 1 });
});
