import type { Plan } from './counting/plan.ts';
import type { Summary } from './counting/result.ts';

const number = (value: number) => value.toLocaleString('en');
const counted = (value: number, noun: string) => `${number(value)} ${noun}${value === 1 ? '' : 's'}`;

/** Says what will be counted. */
export function describePlan({ splits, partitions, bytes, files }: Plan): string[] {
  return [
    ...files.filter((file) => file.size === 0).map(({ path }) => `${path} is empty`),
    `counting the words of ${counted(files.length, 'file')}, ${size(bytes)}: ${counted(splits.length, 'map job')}, ${counted(partitions, 'reduce job')}`,
  ];
}

/** Describes the result, the most frequent words first. */
export function describeSummary({ top, words, different }: Summary, output: string): string[] {
  const width = Math.max(0, ...top.map(({ count }) => number(count).length));
  return [
    ...top.map(({ word, count }) => `${number(count).padStart(width)} ${word}`),
    `${counted(words, 'word')}, ${number(different)} different; all counts are in ${output}`,
  ];
}

function size(bytes: number): string {
  for (const [unit, name] of [
    [2 ** 30, 'GiB'],
    [2 ** 20, 'MiB'],
    [2 ** 10, 'KiB'],
  ] as const) {
    if (bytes >= unit) return `${(bytes / unit).toFixed(1)} ${name}`;
  }
  return counted(bytes, 'byte');
}
