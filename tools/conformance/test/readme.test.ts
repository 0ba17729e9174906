import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const read = (path: string) => readFileSync(join(import.meta.dirname, path), 'utf8');
const result = read('../result.md');

test('the table of the README is that of the last run', () => {
  const [, shown] = read('../README.md').match(/<!-- table: result.md -->\n([\s\S]*?)<!-- end -->/) ?? [];
  expect(shown?.trim()).toBe(result.trim());
});

test('nothing of ours failed in it, and the README of grpc-streams says so', () => {
  const rows = [...result.matchAll(/^\| (.+?) \| (\d+) of (\d+) \| (.*?) ?\|.*$/gm)];
  expect(rows.length).toBe(6);
  for (const [, name, passed, all] of rows) expect({ name, passed }).toEqual({ name, passed: all });
  const page = read('../../../packages/grpc-streams/README.md').replaceAll(/\s+/g, ' ');
  for (const [, name, passed, all, plain] of rows) {
    if (plain) expect(page).toContain(`${name?.split(', ').at(-1)} ${passed} of ${all} (plain grpc-js: ${plain})`);
  }
});
