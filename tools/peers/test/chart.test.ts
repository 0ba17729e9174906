import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chartOf } from '../bench/chart.ts';

const bench = join(import.meta.dirname, '../bench');

test('the chart of the README shows the tables that the benchmark printed', () => {
  const real = chartOf(readFileSync(join(bench, 'result.md'), 'utf8'));
  const file = join(bench, 'result.svg');
  if (process.env.DOCS_SYNC === '1') writeFileSync(file, real);
  expect(readFileSync(file, 'utf8')).toBe(real);
});

test('a bar is as long as the CPU is more or less than that of plain grpc-js', () => {
  const chart = chartOf(`### Bidi echo

| size × streams | stack         | × grpc-streams | CPU × | messages/s |
|----------------|---------------|---------------:|------:|-----------:|
| 20 B × 1       | grpc-streams  |           1.00 |  1.00 |          1 |
|                | grpc-js-tuned |           0.90 |  2.00 |          1 |
|                | connect-node  |           0.80 |  4.00 |          1 |
| 20 B × 100     | grpc-streams  |           1.00 |  1.00 |          1 |
|                | grpc-js-tuned |           0.90 |  4.00 |          1 |
`);
  const bars = [...chart.matchAll(/>([\w-]+)<\/text><rect .* width="([\d.]+)".*<text .*>([\d.]+)<\/text>/g)];
  expect(bars.map(([, stack, , ratio]) => [stack, ratio])).toEqual([
    ['grpc-streams', '0.50'],
    ['connect-node', '2.00'],
  ]);
  expect(bars[0]?.[2]).toBe(bars[1]?.[2]);
});
