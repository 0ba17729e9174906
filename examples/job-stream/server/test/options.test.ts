import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { outputFile } from '../src/options.ts';

test('a result goes to a file, in a folder that is there', () => {
  const file = join(temporaryFolder(), 'counts.tsv');
  expect(outputFile(file)).toBe(file);
  for (const path of ['/', '/dev/null/counts.tsv', join(file, 'counts.tsv')]) {
    expect(() => outputFile(path)).toThrow('It must be a file in a folder that exists.');
  }
});

test('a result does not go to what is no file, also through a link', () => {
  const link = join(temporaryFolder(), 'link');
  symlinkSync('/dev/null', link);
  expect(() => outputFile('/dev/full')).toThrow('/dev/full is a device, not a file.');
  expect(() => outputFile(link)).toThrow(`${link} is a device, not a file.`);
});
