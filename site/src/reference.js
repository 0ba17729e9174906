import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { addressOf } from './repository.js';

const site = join(import.meta.dirname, '..');

/** The entries of the packages, and what TypeDoc calls their pages. */
const ENTRIES = {
  'grpc-streams': 'packages/grpc-streams/src.md',
  'grpc-streams/testing': 'packages/grpc-streams/src/testing.md',
  'grpc-program/server': 'packages/grpc-program/src/server.md',
  'grpc-program/client': 'packages/grpc-program/src/client.md',
  'grpc-program/options': 'packages/grpc-program/src/options.md',
};

export const REFERENCE = Object.keys(ENTRIES).map((entry) => ({ entry, page: pageOf(entry) }));

/**
 * The reference: all that the packages export, by the comments in their sources. An export without a comment fails, and
 * so does one that nothing tested uses.
 *
 * @param {import('./repository.js').Repository} repository
 * @param {{ page: string, path: string, lines: string, text: string }[]} blocks what the pages show of files that are tested
 * @returns {Map<string, string>} of each page of the site its text
 */
export function referenceOf(repository, blocks, options = join(site, 'typedoc.json')) {
  const out = mkdtempSync(join(tmpdir(), 'reference-'));
  try {
    const template = addressOf('packages/{path}', { lines: 'L{line}' });
    const typedoc = join(site, 'node_modules/typedoc/bin/typedoc');
    const args = [typedoc, '--options', options, '--out', out, '--sourceLinkTemplate', template];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: site, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${stdout}${stderr}`.trim());
    const made = readdirSync(out, { recursive: true }).filter((file) => file.endsWith('.md') && file !== 'README.md');
    const unknown = made.filter((file) => !Object.values(ENTRIES).includes(file.replaceAll('\\', '/')));
    if (unknown.length > 0) throw new Error(`the reference has pages that it does not know: ${unknown.join(', ')}`);
    const examples = new Examples(repository, blocks);
    const pages = Object.entries(ENTRIES).map(([entry, file]) => {
      const text = readFileSync(join(out, file), 'utf8');
      return [pageOf(entry), pageFrom(text, entry, file, examples)];
    });
    if (examples.missing.length > 0) throw new Error(`nothing that is tested uses ${examples.missing.join(', ')}`);
    return new Map(pages);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function pageOf(entry) {
  return `reference/${entry.replace('/', '-')}.md`;
}

function pageFrom(markdown, entry, file, examples) {
  const linked = markdown
    .replace(/^# .*/, `# ${entry}`)
    .replaceAll('__namedParameters', 'options')
    .replaceAll(/^Defined in: \[([^\]]*?)(?::\d+)?\]\((.*)\)$/gm, '<p class="source"><a href="$2">$1</a></p>')
    .replaceAll(/^#+ Get Signature\n\n/gm, '')
    // They are no headings that one looks for.
    .replaceAll(
      /^#{3,6} (Parameters|Returns|Throws|Type Parameters|Extends|Extended by|Implements|Overrides)$/gm,
      '**$1**',
    )
    .replaceAll(/^#{3,6} (?:Implementation of|Inherited from)\n\n.*\n/gm, '')
    .replaceAll(/^\*\*Type Parameters\*\*\n\n\| Type Parameter \|\n(?:\|.*\n)+/gm, '')
    .replaceAll(/\]\(([^():#]+\.md)(#[^)]*)?\)/g, (all, to, anchor = '') => {
      const target = posix.join(posix.dirname(file), to);
      const found = Object.keys(ENTRIES).find((other) => ENTRIES[other] === target);
      return found ? `](/${pageOf(found)}${anchor})` : all;
    });
  const [head, ...sections] = linked.split(/^(?=## )/m);
  const nameOf = (section) => section.match(/^## ([\w$]+)/)?.[1] ?? '';
  const withExamples = sections.map((section) => {
    const name = nameOf(section);
    // What a function takes or gives is used with it.
    const users = sections
      .filter((other) => other !== section && other.includes(`(#${name.toLowerCase()})`))
      .map(nameOf);
    const rest = section.replace(/\n\*\*\*\s*$/, '').trimEnd();
    return `${rest}\n\n${examples.of(name, entry, users)}\n`;
  });
  return `---\noutline: 2\n---\n\n${head}${withExamples.join('\n')}`;
}

/** Where an export is used by what is tested: by a block of a page, or else by a line of a program or of a test. */
class Examples {
  missing = [];
  #blocks;
  #files;
  #repository;

  constructor(repository, blocks) {
    this.#repository = repository;
    this.#blocks = blocks
      .filter(({ path }) => path.endsWith('.ts'))
      .map((block) => ({ ...block, code: withoutImports(block.text) }));
    const used = /^(?:packages|examples|docs|tools)\/.*(?<!\.d)\.ts$/;
    this.#files = repository.files.filter((file) => used.test(file) && !/\/(?:gen|start|page)\//.test(file));
  }

  of(name, entry, users) {
    const word = new RegExp(`\\b${name.replaceAll('$', '\\$')}\\b`);
    const home = `packages/${entry.split('/')[0]}/`;
    const rank = ({ path, text }) => (path.startsWith(home) ? 0 : 10_000) + text.length;
    const [best] = this.#blocks.filter(({ code }) => word.test(code)).sort((a, b) => rank(a) - rank(b));
    if (best) {
      const { page, path, lines, text } = best;
      const shown = page.replace(/README\.md$/, 'index.md');
      return `### Example\n\n\`\`\`ts\n${text.trimEnd()}\n\`\`\`\n\n<p class="source"><a href="${addressOf(path, { lines })}">${path}</a></p>\n\nIt is of [this page](/${shown}).`;
    }
    // A type is used by its name only where it is imported.
    const isTest = (file) => (file.startsWith(`${home}test/`) ? 0 : file.includes('/test/') ? 1 : 2);
    for (const file of this.#files
      .filter((file) => !file.startsWith(`${home}src/`))
      .sort((a, b) => isTest(a) - isTest(b))) {
      const text = this.#repository.read(file);
      const imports = text.match(/^(?:import|export)[^;]*from '(?!node:)[^']*';$/gm)?.join('\n') ?? '';
      if (!word.test(imports)) continue;
      const line =
        text.split('\n').findIndex((text) => word.test(text) && !/^import|^ {2}(?:type )?\w+,$/.test(text)) + 1;
      return `### Example\n\nIt is used in [${file}](${addressOf(file, { lines: `L${line || 1}` })}).`;
    }
    if (users.length === 0) this.missing.push(`${name} of ${entry}`);
    return `### Example\n\nIt is used with ${users.map((user) => `[${user}](#${user.toLowerCase()})`).join(', ')}.`;
  }
}

const withoutImports = (text) => text.replaceAll(/^import[^;]*;$/gm, '').replaceAll(/^ *(?:\/\/|\*|\/\*).*$/gm, '');
