import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXAMPLES } from './examples.ts';
import type { Direction, Peer } from './row.ts';

const FILE = join(import.meta.dirname, '../result.md');

const HEAD = `# What was tried with peers in other languages

Written by \`pnpm --filter interop start\` after a run in which everything came out as it must. Each line was tried with
real programs, each a process.
`;
const DIRECTIONS: readonly Direction[] = [
  'its client, our server',
  'our client, its server',
  'our client, our server, it between them',
];

/** The section of a peer: its title, and a table of what was tried. */
export function sectionOf(peer: Peer): string {
  const lines = DIRECTIONS.flatMap((direction) =>
    EXAMPLES.flatMap((example) => {
      const rows = peer.rows.filter((row) => row.example === example && row.direction === direction);
      const names = rows.flatMap((row) => Object.keys(row.gets));
      return names.length > 0 ? [`| ${direction} | ${example} | ${names.join('; ')} |`] : [];
    }),
  );
  return ['', `## ${peer.title()}`, '', '| Direction | Example | Tried |', '| --- | --- | --- |', ...lines, ''].join(
    '\n',
  );
}

/** The section of a peer as it is written now. */
export function writtenSection(peer: Peer): string | undefined {
  return writtenSections().get(nameOf(peer.title()));
}

/** Writes the sections of these peers; those of the others stay. */
export function writeSections(peers: readonly Peer[], all: readonly Peer[]): void {
  const sections = writtenSections();
  for (const peer of peers) sections.set(nameOf(peer.title()), sectionOf(peer));
  writeFileSync(FILE, HEAD + all.map((peer) => sections.get(nameOf(peer.title())) ?? '').join(''));
}

function writtenSections(): Map<string, string> {
  const text = existsSync(FILE) ? readFileSync(FILE, 'utf8') : '';
  const [, ...sections] = text.split(/^## /m);
  return new Map(sections.map((section) => [nameOf(section), `\n## ${section.trimEnd()}\n`]));
}

/** The first word of a title, which stays when a version changes. */
const nameOf = (title: string) => title.match(/^\S+?(?=:)/)?.[0] ?? '';
