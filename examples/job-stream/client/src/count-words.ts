const RUN = /[\p{L}\p{M}\p{N}]+/gu;

/** Adds the words of a text, as the contract defines them, to the counts. */
export function countWords(text: string, counts: Map<string, number>): void {
  for (const run of text.normalize('NFC').match(RUN) ?? []) {
    // Each by itself: what surrounds a Greek sigma decides which one it becomes.
    const lower = run.toLowerCase();
    // Not every letter with its mark is in form C when its capital is: there is a character for ẖ, and none for H̱.
    const word = lower === run ? run : lower.normalize('NFC');
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
}
