import { expect, test } from 'vitest';
import { describePlan } from '../src/report.ts';

test('an empty file among others is told', () => {
  const split = { path: 'one.txt', start: 0, length: 3, digest: '' };
  const planned = { splits: [split], partitions: 4, bytes: 3, files: 2, emptyFiles: ['empty.txt'] };
  expect(describePlan(planned)).toEqual([
    'empty.txt is empty',
    'counting the words of 2 files, 3 bytes: 1 map job, 4 reduce jobs',
  ]);
});
