import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { courseOf } from '../src/course.js';
import { referenceOf } from '../src/reference.js';
import { NOWHERE, Repository } from '../src/repository.js';
import { Stage } from '../src/stage.js';

const site = dirname(import.meta.dirname);
const CODE = "import { b } from 'b';\n// #region one\nconst a = b();\n// #endregion\n";

/** A repository of these files. */
function repositoryOf(files) {
  return {
    files: Object.keys(files),
    isFile: (path) => path in files,
    isFolder: (path) => Object.keys(files).some((file) => file.startsWith(`${path}/`)),
    read: (path) => files[path],
  };
}

/** A page, staged among others. */
function staged(markdown, { files = {}, tabs } = {}) {
  const repository = repositoryOf({
    'docs/page.md': markdown,
    'docs/other.md': '# Other\n\n## A `part` of it\n',
    'docs/README.md': '# All\n',
    'docs/src/code.ts': CODE,
    'tools/tool/README.md': '# A tool\n',
    'tools/load/load.ts': CODE,
    ...files,
  });
  const stage = new Stage(repository, ['docs/page.md', 'docs/other.md', 'docs/README.md'], tabs);
  return { text: stage.page('docs/page.md'), faults: stage.faults };
}

const block = (source, text) => `# A page\n\n<!-- file: ${source} -->\n\`\`\`ts\n${text}\`\`\`\n`;

describe('what fails the build of the site', () => {
  for (const [what, markdown, fault] of [
    ['a dead link', '# A page\n\n[there](gone.md)\n', 'docs/page.md:3: gone.md leads nowhere'],
    [
      'a heading that is gone',
      '# A page\n\n[o](other.md#gone)\n',
      'docs/page.md:3: docs/other.md has no heading #gone',
    ],
    ['one of the page itself', '# A page\n\n[o](#gone)\n', 'docs/page.md:3: docs/page.md has no heading #gone'],
    ['a stray tag', '# A page\n\nThe <file> is\n', 'docs/page.md:3: a stray tag, <file>'],
    ['a region that is gone', block('src/code.ts#two', 'a\n'), 'docs/page.md:3: there is no src/code.ts#two'],
    ['a file that is gone', block('src/gone.ts', 'a\n'), 'docs/page.md:3: there is no src/gone.ts'],
    [
      'a block that is not its file',
      block('src/code.ts#one', 'a\n'),
      'docs/page.md:3: the block is not what src/code.ts#one is',
    ],
    ['a level that is left out', '# A page\n\n### Deep\n', 'docs/page.md:1: "Deep" is 3 levels deep, after 1'],
    ['a page without a title', '## A page\n', 'docs/page.md:1: the first heading is not the title'],
  ]) {
    test(what, () => assert.deepEqual(staged(markdown).faults, [fault]));
  }

  test('a picture without words', () => {
    const files = { 'docs/a.svg': '<svg viewBox="0 0 8 8"></svg>' };
    assert.deepEqual(staged('# A page\n\n![](a.svg)\n', { files }).faults, [
      'docs/page.md:3: a.svg has no text alternative',
    ]);
  });

  test('a tab whose region is gone', () => {
    const tabs = { 'docs/src/code.ts#one': [{ title: 'Rust', path: 'tools/load/load.ts', region: 'gone' }] };
    const { faults } = staged(block('src/code.ts#one', 'const a = b();\n'), { tabs });
    assert.deepEqual(faults, ['docs/page.md:3: there is no tools/load/load.ts#gone']);
  });

  test('a page that no table leads to', () => {
    const repository = repositoryOf({ 'README.md': '', 'docs/README.md': '', 'docs/new.md': '' });
    assert.throws(() => courseOf(repository), /no table of docs\/README.md leads to docs\/new.md/);
  });

  test('an export without a comment', () => {
    // TypeDoc finds its plugin, and the types of Node, from here.
    const folder = mkdtempSync(join(site, '.build-'));
    try {
      const options = { extends: [join(site, 'typedoc.json')], entryPoints: ['src.ts'], tsconfig: 'tsconfig.json' };
      const files = {
        'package.json': { name: 'grpc-streams' },
        'tsconfig.json': { compilerOptions: { types: [], module: 'nodenext' }, files: ['src.ts'] },
        'typedoc.json': { ...options, intentionallyNotDocumented: [] },
      };
      mkdirSync(folder, { recursive: true });
      for (const [file, json] of Object.entries(files)) writeFileSync(join(folder, file), JSON.stringify(json));
      writeFileSync(join(folder, 'src.ts'), '/** Told. */\nexport const told = 1;\nexport const untold = 2;\n');
      const make = () => referenceOf(new Repository(dirname(site)), [], join(folder, 'typedoc.json'));
      assert.throws(make, (error) => {
        assert.match(error.message, /untold \(Variable\).* does not have any documentation/);
        assert.doesNotMatch(error.message, /\btold \(Variable\)/);
        return true;
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('what becomes of a page', () => {
  test('links lead to pages, or else to the repository, of a folder to its README', () => {
    const { text, faults } = staged(
      '# A page\n\n[o](other.md#a-part-of-it), [all](../docs), [tool](../tools/tool), [load](../tools/load), [c](src/code.ts#L3), `[x](y)`\n',
    );
    const shown = process.env.REPOSITORY_URL || NOWHERE;
    assert.deepEqual(faults, []);
    assert.equal(
      text,
      `# A page\n\n[o](/docs/other.md#a-part-of-it), [all](/docs/index.md), [tool](${shown}/blob/main/tools/tool/README.md), [load](${shown}/tree/main/tools/load), [c](${shown}/blob/main/docs/src/code.ts#L3), \`[x](y)\`\n`,
    );
  });

  test('what is escaped, or code, is no tag', () => {
    assert.deepEqual(staged('# A page\n\n\\<file> and `<file>` and <https://a.b> and x<sup>2</sup>\n').faults, []);
  });

  test('code has a link to its lines, and tabs', () => {
    const tabs = { 'docs/src/code.ts#one': [{ title: 'plain', path: 'tools/load/load.ts' }] };
    const { text, faults } = staged(block('src/code.ts#one', 'const a = b();\n'), { tabs });
    assert.deepEqual(faults, []);
    assert.match(text, /::: code-group\n```ts \[grpc-streams\]\nconst a = b\(\);\n```\n\n```ts \[plain\]\nimport/);
    assert.match(text, /docs\/src\/code\.ts#L3-L3"/);
  });
});
