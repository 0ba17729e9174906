import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
/** What is no part of the repository. Tests that run meanwhile make `.without-*` and `alone-*`, and drop them. */
const NOT_OURS = /^(node_modules|dist|gen|alone-.*|\.(?!github$).*)$/;

/** A document without its fenced blocks, whose text is code. */
interface Document {
  readonly path: string;
  readonly prose: string;
  readonly anchors: ReadonlySet<string>;
}

function* markdownFiles(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !NOT_OURS.test(entry.name)) yield* markdownFiles(path);
    else if (entry.name.endsWith('.md')) yield path;
  }
}

function read(path: string): Document {
  const text = readFileSync(path, 'utf8');
  const prose = text.replaceAll(/^```[\s\S]*?^```$/gm, '');
  return {
    path,
    prose: prose.replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()<>]/g, '')),
    anchors: anchorsOf(prose),
  };
}

/** The anchors that GitHub gives to headings: words in lower case, without punctuation, numbered when they repeat. */
function anchorsOf(prose: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of prose.matchAll(/^#{1,6} +(.+)$/gm)) {
    const slug = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)|<[^>]*>/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, '')
      .trimEnd()
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let n = 1; anchors.has(anchor); n++) anchor = `${slug}-${n}`;
    anchors.add(anchor);
  }
  return anchors;
}

const documents = new Map([...markdownFiles(root)].map((path) => [path, read(path)]));

/** What is wrong with a link; undefined for a good one. */
function fault(document: Document, link: string): string | undefined {
  if (/^[a-z]+:/i.test(link)) return URL.canParse(link) && link.startsWith('https://') ? undefined : 'is no https URL';
  const [file = '', anchor] = decodeURI(link).split('#');
  const target = file ? join(dirname(document.path), file) : document.path;
  if (relative(root, target).startsWith('..')) return 'leaves the repository';
  if (!existsSync(target)) return 'leads nowhere';
  if (anchor === undefined) return undefined;
  const page = statSync(target).isDirectory() ? join(target, 'README.md') : target;
  return documents.get(page)?.anchors.has(anchor) ? undefined : 'names no heading';
}

test.each([...documents.values()].map((document) => ({ file: relative(root, document.path), document })))(
  'every link of $file leads somewhere',
  ({ document }) => {
    const links = [...document.prose.matchAll(/\]\(([^)\s]+)\)|(?:href|src)="([^"]+)"/g)];
    const faults = links.flatMap(([, markdown, html]) => {
      const link = markdown ?? html ?? '';
      const what = fault(document, link);
      return what ? `${link} ${what}` : [];
    });
    expect(faults).toEqual([]);
  },
);

test.each([...documents.values()].map((document) => ({ file: relative(root, document.path), document })))(
  'whoever cannot see the pictures of $file can read what they show',
  ({ document }) => {
    expect([...document.prose.matchAll(/!\[\s*\]|<img (?![^>]*alt="[^"]+")/g)].map(([image]) => image)).toEqual([]);
    const text = readFileSync(document.path, 'utf8');
    // A sentence right before the picture, or the words in the picture itself.
    const mute = [...text.matchAll(/(.*)\n\n(?:<!-- .* -->\n)?```mermaid\n([\s\S]*?)^```$/gm)].filter(
      ([, before = '', diagram = '']) => !/\baccDescr:/.test(diagram) && !/[:.]$/.test(before),
    );
    expect(mute.map(([, before]) => before)).toEqual([]);
  },
);

test('a broken link is told', () => {
  const page = { ...read(join(root, 'README.md')), path: join(root, 'docs/README.md') };
  expect(fault(page, 'nowhere.md')).toBe('leads nowhere');
  expect(fault(page, '../README.md#nowhere')).toBe('names no heading');
  expect(fault(page, '../README.md#learn')).toBeUndefined();
  expect(fault(page, '../../elsewhere.md')).toBe('leaves the repository');
  expect(fault(page, 'http://example.org')).toBe('is no https URL');
});

test('no page says to install from a registry what is on none', () => {
  const fromRegistry =
    /\b(?:npm (?:i|install)|(?:pnpm|yarn|bun) add)\b[^\n`]*(?<![\w/-])grpc-(?:streams|program)(?![\w.-])/g;
  const found = (text: string) => [...text.matchAll(fromRegistry)].map(([line]) => line);
  expect(found('npm install --save grpc-streams')).toHaveLength(1);
  expect(found('npm install <clone>/grpc-streams-0.1.0.tgz')).toEqual([]);
  const all = [...documents.keys()].flatMap((path) => found(readFileSync(path, 'utf8')));
  expect(all).toEqual([]);
});
