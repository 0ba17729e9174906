import { join } from 'node:path';
import { compareTable, skip } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { calls } from './faults/calls.ts';
import { AT_LEAST_MS } from './faults/fault.ts';
import { servers } from './faults/servers.ts';
import { tls } from './faults/tls.ts';
import { tokens } from './faults/tokens.ts';

const faults = [...servers, ...calls, ...tls, ...tokens];
const rows = new Map<string, string[]>();

/** Without what differs from run to run. */
const general = (text: string) => text.replaceAll(/(localhost|127\.0\.0\.1):\d+/g, '<address>');

test.concurrent.for(faults)('$name', async (fault) => {
  let startedAt = performance.now();
  const { client, server } = await fault.run((now = performance.now()) => {
    startedAt = now;
  });
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(AT_LEAST_MS[fault.fast]);
  rows.set(fault.name, [fault.name, general(client), general(server), fault.fast]);
});

test('the table in the README is what happens', (context) => {
  if (rows.size < faults.length) skip(context, 'a fault has failed, which the table wants');
  const head = ['Fault', 'The client sees', 'The server', 'How fast'];
  const cells = faults.map(({ name }) => rows.get(name) ?? []);
  const { shown, real } = compareTable(join(import.meta.dirname, '../README.md'), 'faults', [head, ...cells]);
  expect(shown).toBe(real);
});
