import { expect, test } from 'vitest';
import { describePlan } from '../src/report.ts';

test('an empty file among others is told', () => {
  const [one, empty] = [
    { path: 'one.txt', size: 3, version: '' },
    { path: 'empty.txt', size: 0, version: '' },
  ];
  const planned = {
    splits: [{ file: one, start: 0, length: 3, digest: '' }],
    partitions: 4,
    bytes: 3,
    files: [one, empty],
  };
  expect(describePlan(planned)).toEqual([
    'empty.txt is empty',
    'counting the words of 2 files, 3 bytes: 1 map job, 4 reduce jobs',
  ]);
});
