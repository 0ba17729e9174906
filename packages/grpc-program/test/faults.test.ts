import { expect, test } from 'vitest';
import { calls } from './faults/calls.ts';
import { SPEEDS } from './faults/fault.ts';
import { servers } from './faults/servers.ts';
import { tls } from './faults/tls.ts';
import { tokens } from './faults/tokens.ts';

const rows = ['| Fault | The client sees | The server | How fast |', '| --- | --- | --- | --- |'];

/** What differs from run to run. */
const general = (text: string) => text.replaceAll(/(localhost|127\.0\.0\.1):\d+/g, '<address>').replaceAll('|', '\\|');

test.for([...servers, ...calls, ...tls, ...tokens])('$name', { timeout: 30_000 }, async (fault) => {
  let startedAt = performance.now();
  const { client, server } = await fault.run(() => {
    startedAt = performance.now();
  });
  const [least, most] = SPEEDS[fault.fast];
  const milliseconds = performance.now() - startedAt;
  expect(milliseconds).toBeGreaterThanOrEqual(least);
  expect(milliseconds).toBeLessThan(most);
  rows.push(`| ${[fault.name, general(client), general(server), fault.fast].join(' | ')} |`);
});

test('the table in faults.md is what happens', async () => {
  await expect(`${rows.join('\n')}\n`).toMatchFileSnapshot('../faults.md');
});
