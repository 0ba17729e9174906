import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { stack } from './ours.ts';
import { bidiRows } from './bidi.ts';
import { clientStreamingRows } from './client-streaming.ts';
import type { Kind } from './plans.ts';
import type { NotApplicable, Row } from './rows.ts';
import { runRow, untilNone } from './run-row.ts';
import { serverStreamingRows } from './server-streaming.ts';
import { isRow, type Line, tableOf } from './table.ts';
import { unaryRows } from './unary.ts';

const matrix: readonly (readonly [Kind, readonly (Row | NotApplicable)[]])[] = [
  ['unary', unaryRows],
  ['client streaming', clientStreamingRows],
  ['server streaming', serverStreamingRows],
  ['bidi', bidiRows],
];

const lines: Line[] = [];
afterAll(() => void process.stdout.write(`\n${tableOf(lines)}\n`));

/** The longest row: its time limits, and some. */
const TEST_MS = 20_000;

describe.each(matrix)('a %s call', (kind, entries) => {
  test.each(entries.filter(isRow))('$event', { timeout: TEST_MS }, async (row) => {
    const idle = openHandles();
    const errors = catchErrors();
    const outcome = await runRow(stack, kind, row);
    await untilNone(() => extra(openHandles(), idle).length);
    const left = [...Array(outcome.openCalls).fill('call'), ...extra(openHandles(), idle), ...errors].join(', ') || '0';
    const { status, signal, messages = outcome.messages } = row.expected;
    const finallyRan = signal === 'never entered' ? signal : 'ran';
    const expected = { status, messages, signal: signal === 'never entered' ? 'none' : signal, finally: finallyRan, openCalls: 0 };
    const good = left === '0' && JSON.stringify(outcome) === JSON.stringify({ ...outcome, ...expected });
    lines.push({ kind, event: row.event, outcome: { ...outcome, left }, verdict: good ? 'ok' : 'NOT OK' });
    expect({ ...outcome, left }).toEqual({ ...expected, left: '0' });
  });
});

/** What keeps this process running. */
function openHandles(): string[] {
  return process.getActiveResourcesInfo().filter((kind) => /^(TCP|TLS|Pipe|Process|Timeout)/.test(kind));
}

function extra(handles: string[], idle: string[]): string[] {
  const rest = [...idle];
  return handles.filter((handle) => {
    const index = rest.indexOf(handle);
    if (index >= 0) rest.splice(index, 1);
    return index < 0;
  });
}

function catchErrors(): string[] {
  const errors: string[] = [];
  const listener = (error: unknown) => errors.push(String(error));
  for (const event of ['unhandledRejection', 'uncaughtException']) {
    process.on(event, listener);
    onTestFinished(() => void process.off(event, listener));
  }
  return errors;
}
