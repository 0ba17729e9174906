import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { staleBlocks } from '../src/readme.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'readme-'));
  writeFileSync(join(folder, 'code.ts'), 'const a = 1;\n// #region b\n  const b = 2;\n    b;\n  // #endregion\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

function stale(readme: string): string[] {
  writeFileSync(join(folder, 'README.md'), readme);
  return staleBlocks(join(folder, 'README.md'), { hello: 'Hello\n' });
}

const block = (source: string, text: string) => `Text\n\n<!-- ${source} -->\n\`\`\`ts\n${text}\`\`\`\n`;

test('a block that is a region of a file, or an output, is fresh', () => {
  expect(stale(block('file: code.ts#b', 'const b = 2;\n  b;\n') + block('output: hello', 'Hello\n'))).toEqual([]);
});

test.each([
  ['a changed line', block('file: code.ts#b', 'const b = 3;\n  b;\n')],
  ['a missing line', block('file: code.ts', 'const a = 1;\n')],
  ['an unknown region', block('file: code.ts#c', 'const b = 2;\n')],
  ['a changed output', block('output: hello', 'Hullo\n')],
  ['an unknown output', block('output: bye', 'Bye\n')],
  ['a block without a source', '```ts\nconst a = 1;\n```\n'],
])('%s is found, with its place', (_, readme) => {
  expect(stale(readme)).toEqual([expect.stringMatching(/README\.md:\d+: /)]);
});
