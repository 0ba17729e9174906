/** The contract's words, found otherwise than the worker finds them: character by character. */
export function countIndependently(...texts: (string | Buffer)[]): Record<string, number> {
  const counts: Record<string, number> = Object.create(null);
  for (const text of texts) {
    let word = '';
    for (const character of `${text} `.normalize('NFC')) {
      if (/^[\p{L}\p{M}\p{N}]$/u.test(character)) word += character;
      else if (word !== '') {
        const counted = word.toLowerCase().normalize('NFC');
        counts[counted] = (counts[counted] ?? 0) + 1;
        word = '';
      }
    }
  }
  return counts;
}

/** The counts of a result, whose lines are of a word, a tab and its count; a word that is there twice is an error. */
export function countsOf(result: string): Record<string, number> {
  const counts: Record<string, number> = Object.create(null);
  for (const line of result.split('\n').slice(0, -1)) {
    const [word = '', count] = line.split('\t');
    if (word in counts) throw new Error(`${word} is there twice`);
    counts[word] = Number(count);
  }
  return counts;
}
