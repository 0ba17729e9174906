import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareTable } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { chartOf, readTable } from '../bench/replicas-chart.ts';

const bench = join(import.meta.dirname, '../bench');
const printed = readFileSync(join(bench, 'replicas.md'), 'utf8');

test('the page on many processes shows what the benchmark of replicas printed', () => {
  const page = join(import.meta.dirname, '../../../docs/from-one-process-to-many.md');
  const { shown, real } = compareTable(page, 'replicas', readTable(printed));
  expect(shown).toBe(real);
});

test('and so does its chart', () => {
  const real = chartOf(printed);
  const file = join(bench, 'replicas.svg');
  if (process.env.DOCS_SYNC === '1') writeFileSync(file, real);
  expect(readFileSync(file, 'utf8')).toBe(real);
});

test('a bar is as long as what goes out', () => {
  const head = '| subscribers | servers | packages/s out |\n| --- | --- | ---: |\n';
  const chart = chartOf(
    `${head}| 1 | one process alone | 1,000 |\n| 1 | 2 on NATS | 500 |\n| 100 | one process alone | 7 |\n`,
  );
  const bars = [...chart.matchAll(/>([\d,]+)<\/text>\n {2}<rect .* width="([\d.]+)"/g)];
  expect(bars.map(([, packages, width]) => [packages, width])).toEqual([
    ['1,000', '150.0'],
    ['500', '75.0'],
    ['7', '150.0'],
  ]);
});
