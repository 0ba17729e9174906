import { closeSync, openSync, writeSync } from 'node:fs';

const DIFFERENT_WORDS = 50_000;

/** Writes a text in which the nth word is about as frequent as in a real one: in proportion to 1/n. */
export function writeZipfText(path: string, mebibytes: number): void {
  const file = openSync(path, 'w');
  let state = 1;
  for (let written = 0; written < mebibytes * 2 ** 20; ) {
    let block = '';
    while (block.length < 2 ** 20) {
      state = Math.imul(state, 48_271) & 0x7fffffff || 1;
      const rank = Math.floor(DIFFERENT_WORDS ** (state / 0x7fffffff));
      block += (rank * 7_919).toString(36) + (state % 12 === 0 ? '.\n' : ' ');
    }
    written += writeSync(file, block);
  }
  closeSync(file);
}
