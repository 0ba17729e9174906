import { join } from 'node:path';
import { temporaryFolder } from 'testing';
import { expect, test } from 'vitest';
import { outputFile } from '../src/options.ts';

test('a result goes to a file, in a folder that is there', () => {
  const file = join(temporaryFolder(), 'counts.tsv');
  expect(outputFile(file)).toBe(file);
  for (const path of ['/', '/dev/null/counts.tsv', join(file, 'counts.tsv')]) {
    expect(() => outputFile(path)).toThrow('It must be a file in a folder that exists.');
  }
});
