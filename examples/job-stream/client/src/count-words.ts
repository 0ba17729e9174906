/** A word as the contract defines it: a longest run of letters, marks and numbers. */
const WORD = /[\p{L}\p{M}\p{N}]+/gu;

/** Adds the words of a text to the counts. */
export function countWords(text: string, counts: Map<string, number>): void {
  for (const word of text.toLowerCase().match(WORD) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1);
}
