import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { staleBlocks } from '../src/readme.ts';

let folder = '';
beforeEach(() => {
  vi.stubEnv('DOCS_SYNC', ''); // these blocks are wrong on purpose
  folder = mkdtempSync(join(tmpdir(), 'readme-'));
  writeFileSync(join(folder, 'code.ts'), 'const a = 1;\n// #region b\n  const b = 2;\n    b;\n  // #endregion\n');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function stale(readme: string): string[] {
  writeFileSync(join(folder, 'README.md'), readme);
  return staleBlocks(join(folder, 'README.md'), { hello: 'Hello\n' });
}

const block = (source: string, text: string) => `Text\n\n<!-- ${source} -->\n\`\`\`ts\n${text}\`\`\`\n`;

test('a block that is a region of a file, or an output, is fresh', () => {
  expect(stale(block('file: code.ts#b', 'const b = 2;\n  b;\n') + block('output: hello', 'Hello\n'))).toEqual([]);
});

test('a whole file is shown without the marks of its regions', () => {
  expect(stale(block('file: code.ts', 'const a = 1;\n  const b = 2;\n    b;\n'))).toEqual([]);
});

test('a declaration of a .proto file is shown without the rest', () => {
  const job = 'message Job {\n  oneof work {\n    int32 n = 1;\n  }\n}\n';
  writeFileSync(join(folder, 'a.proto'), `syntax = "proto3";\n\n// A job.\n${job}\nmessage JobReply {}\n`);
  expect(stale(block('file: a.proto#message Job', job))).toEqual([]);
  expect(stale(block('file: a.proto#message Task', job))).toHaveLength(1);
});

test.each([
  ['a changed line', block('file: code.ts#b', 'const b = 3;\n  b;\n')],
  ['a missing line', block('file: code.ts', 'const a = 1;\n')],
  ['an unknown region', block('file: code.ts#c', 'const b = 2;\n')],
  ['a changed output', block('output: hello', 'Hullo\n')],
  ['an unknown output', block('output: bye', 'Bye\n')],
  ['a name that commands and an output have', block('commands: hello', 'Hello\n') + block('output: hello', 'Hello\n')],
  ['a block without a source', '```ts\nconst a = 1;\n```\n'],
])('%s is found, with its place', (_, readme) => {
  expect(stale(readme)).toEqual([expect.stringMatching(/README\.md:\d+: /)]);
});

test('a region that a file has twice is no source', () => {
  writeFileSync(join(folder, 'code.ts'), '// #region b\n1;\n// #endregion\n// #region b\n2;\n// #endregion\n');
  expect(() => stale(block('file: code.ts#b', '1;\n'))).toThrow('code.ts has 2 regions b');
});

test('docs:sync fills the blocks that differ, and no others', () => {
  vi.stubEnv('DOCS_SYNC', '1');
  const old = block('file: code.ts#b', 'old\n');
  expect(stale(block('output: bye', 'Bye\n') + old + block('output: hello', ''))).toHaveLength(1);
  vi.unstubAllEnvs();
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  expect(readme).toBe(
    block('output: bye', 'Bye\n') +
      block('file: code.ts#b', 'const b = 2;\n  b;\n') +
      block('output: hello', 'Hello\n'),
  );
});
