import { expect, test } from 'vitest';
import { faultsOf, type Row, reportOf, type Soaked } from '../src/soak/report.ts';

const MIB = 2 ** 20;
const before: Row = { calls: 0, heap: 15 * MIB, rss: 100 * MIB, handles: 3 };
const minute: Row = { calls: 6_000, heap: 17 * MIB, rss: 120 * MIB, handles: 44 };
const after: Row = { ...minute, handles: 3 };

test.each<[string, Soaked['rows'], Soaked['exit'], string[]]>([
  ['all in order', [before, minute, minute, after], 0, []],
  ['memory', [before, minute, { ...minute, heap: 30 * MIB }, { ...after, heap: 30 * MIB }], 0, ['memory was kept']],
  ['memory, in the first minute', [before, minute, { ...after, heap: 30 * MIB }], 0, ['memory was kept']],
  ['a timer', [before, minute, { ...after, handles: 4 }], 0, ['sockets or timers were left']],
  ['no answer', [before, before, before], 0, ['nobody was answered']],
  ['exit', [before, minute, after], 'none', ['the server did not exit in order']],
])('the verdict: %s', (_, rows, exit, faults) => {
  expect(faultsOf({ name: 'chat', rows, exit })).toEqual(faults);
});

test('the report has a line for each minute', () => {
  expect(reportOf({ name: 'chat', rows: [before, minute, minute, after], exit: 0 })).toBe(`\
chat           calls  heap MiB   RSS MiB  handles
before             0      15.0     100.0        3
10 s           6,000      17.0     120.0       44
minute 1       6,000      17.0     120.0       44
afterwards     6,000      17.0     120.0        3
nothing kept
`);
});
