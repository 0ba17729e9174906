import { join } from 'node:path';
import { expect, test } from 'vitest';
import { outputFile } from '../src/options.ts';
import { newFolder } from './files.ts';

test('a result goes to a file, in a folder that is there', () => {
  const file = join(newFolder(), 'counts.tsv');
  expect(outputFile(file)).toBe(file);
  for (const path of ['/', '/dev/null/counts.tsv', join(file, 'counts.tsv')]) {
    expect(() => outputFile(path)).toThrow('It must be a file in a folder that exists.');
  }
});
