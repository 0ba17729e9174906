import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readmeBlocks, run, staleBlocks } from 'testing';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const readme = join(root, 'README.md');

test('the root README shows what the demo prints', async () => {
  const { stdout } = await run(['pnpm', '--silent', 'demo', 'chat'], { cwd: root });
  const real = { demo: stdout };
  const blocks = staleBlocks(readme, { ...real, ...commands() });
  expect(blocks).toEqual([]);
});

test('CI runs the commands of the root README', () => {
  const ci = readFileSync(join(root, '.ci/run'), 'utf8');
  for (const name of ['first', 'two-terminals']) expect(ci).toContain(`commands ${name}`);
});

/** What CI runs, taken from the README itself. */
function commands(): Record<string, string> {
  return Object.fromEntries(
    readmeBlocks(readme)
      .filter(({ kind }) => kind === 'commands')
      .map(({ source, text }) => [source, text]),
  );
}
