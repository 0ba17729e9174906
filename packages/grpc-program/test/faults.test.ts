import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { skip } from 'testing';
import { expect, test } from 'vitest';
import { calls } from './faults/calls.ts';
import { AT_LEAST_MS } from './faults/fault.ts';
import { servers } from './faults/servers.ts';
import { tls } from './faults/tls.ts';
import { tokens } from './faults/tokens.ts';

const faults = [...servers, ...calls, ...tls, ...tokens];
const rows = new Map<string, string>();

/** As Markdown, without what differs from run to run. */
const general = (text: string) =>
  text.replaceAll(/(localhost|127\.0\.0\.1):\d+/g, '<address>').replaceAll(/[|<]/g, '\\$&');

test.concurrent.for(faults)('$name', async (fault) => {
  let startedAt = performance.now();
  const { client, server } = await fault.run((now = performance.now()) => {
    startedAt = now;
  });
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(AT_LEAST_MS[fault.fast]);
  rows.set(fault.name, `| ${[fault.name, general(client), general(server), fault.fast].join(' | ')} |`);
});

/** The table of a file, from its head to the last row. */
const TABLE = /^\| Fault .*\n(?:\|.*\n)+/m;

test.for(['faults.md', 'README.md'])('the table in %s is what happens', (file, context) => {
  if (rows.size < faults.length) skip(context, 'a fault has failed, which the table wants');
  const path = join(import.meta.dirname, '..', file);
  const table = [
    '| Fault | The client sees | The server | How fast |',
    '| --- | --- | --- | --- |',
    ...faults.map(({ name }) => rows.get(name)),
  ];
  const text = readFileSync(path, 'utf8');
  const real = `${table.join('\n')}\n`;
  if (process.env.DOCS_SYNC === '1')
    writeFileSync(
      path,
      text.replace(TABLE, () => real),
    );
  else expect(text.match(TABLE)?.[0]).toBe(real);
});
