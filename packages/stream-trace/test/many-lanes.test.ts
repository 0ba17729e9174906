import { expect, test } from 'vitest';
import { manyLanesOf, manyLanesTitles, type TraceEvent } from '../src/index.ts';

const lanes = { server: 'master', callers: ['worker a', 'worker b'], width: 41 };
const event = (side: TraceEvent['side'], event: TraceEvent['event'], text: string, sent = true): TraceEvent => ({
  ...{ at: 0, ms: 0, call: 'a', method: '/m', side, event, sent, text },
});

test('each caller has a lane, and what is for one of them crosses those before it', () => {
  expect([
    manyLanesTitles(lanes),
    manyLanesOf(event('server', 'message', 'job 1'), 0, lanes),
    manyLanesOf(event('server', 'message', 'job 2'), 1, lanes),
    manyLanesOf(event('client', 'message', 'a reply that is too long'), 0, lanes),
    manyLanesOf(event('client', 'message', 'a reply'), 1, lanes),
    manyLanesOf(event('server', 'cancel', '', false), 1, lanes),
    manyLanesOf(event('client', 'note', 'stops'), 1, lanes),
    manyLanesOf(event('client', 'message', 'job 1', false), 0, lanes),
  ]).toEqual([
    'master       worker a            worker b',
    '├─ job 1 ──────────▶│                   │',
    '├─ job 2 ───────────┼──────────────────▶│',
    '│◀─ a reply that … ─┤                   │',
    '│◀──────────────────┼───────── a reply ─┤',
    '│ worker b: call cancelled              │',
    '│                   │             stops │',
    undefined,
  ]);
});
