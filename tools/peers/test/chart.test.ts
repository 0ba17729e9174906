import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareTable } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { chartOf, summaryOf } from '../bench/chart.ts';

const bench = join(import.meta.dirname, '../bench');
const result = readFileSync(join(bench, 'result.md'), 'utf8');

const TABLES = `### Bidi echo

| size × streams | stack                 | × grpc-streams | CPU × | messages/s |
|----------------|-----------------------|---------------:|------:|-----------:|
| 20 B × 1       | grpc-streams          |           1.00 |  1.00 |          1 |
|                | grpc-js-tuned         |           0.90 |  2.00 |          1 |
|                | connect-node          |           0.80 |  4.00 |          1 |
|                | grpc-go               | client: ended with 1 |
| 20 B × 100     | grpc-streams          |           1.00 |  1.00 |          1 |
|                | grpc-js-tuned         |           0.90 |  4.00 |          1 |
| 64 KiB × 1     | grpc-streams          |           1.00 |  1.00 |          1 |
|                | grpc-js-tuned         |           0.10 | 10.00 |          1 |
|                | grpc-js-tuned+strings |           1.00 |  0.80 |          1 |
|                | tonic                 |           9.00 | 0.080 |          1 |


### Ping-pong, one message in flight

| size × streams | stack                 | × grpc-streams | CPU × | p50 µs |
|----------------|-----------------------|---------------:|------:|-------:|
| 20 B × 1       | grpc-streams          |           1.00 |  1.00 |      1 |
|                | grpc-js-tuned         |           1.10 |  0.80 |      1 |
`;

test('the chart of the README shows the tables that the benchmark printed', () => {
  const real = chartOf(result);
  const file = join(bench, 'result.svg');
  if (process.env.DOCS_SYNC === '1') writeFileSync(file, real);
  expect(readFileSync(file, 'utf8')).toBe(real);
});

test('and so does its table', () => {
  const readme = join(import.meta.dirname, '../../../packages/grpc-streams/README.md');
  const { shown, real } = compareTable(readme, 'speed', summaryOf(result));
  expect(shown).toBe(real);
});

test('a bar is as long as the CPU is more or less than that of plain grpc-js', () => {
  const bars = [...chartOf(TABLES).matchAll(/>([\d.]+)<\/text><rect .* width="([\d.]+)"/g)];
  // By size and work, each from grpc-streams on.
  expect(bars.map(([, ratio]) => ratio)).toEqual(['0.50', '2.00', '1.25', '0.10', '0.080', '0.008']);
  expect(bars[0]?.[2]).toBe(bars[1]?.[2]);
});

test('the table has both prices of strings', () => {
  expect(summaryOf(TABLES)).toEqual([
    ['CPU for each message', '20 B', '64 KiB'],
    ['Bidi echo', '0.50', '0.10; 1.25 with the same strings'],
    ['Ping-pong', '1.25', ''],
  ]);
});
