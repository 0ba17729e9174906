import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { expect, test } from 'vitest';
import { workspaceRoot } from '../src/workspace.ts';

const root = workspaceRoot(import.meta.dirname);

/** What the code of a floor may import: an example stands on packages, a tool and the pages on both. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  packages: ['packages'],
  examples: ['packages', 'examples'],
  docs: ['packages', 'examples', 'tools'],
  tools: ['packages', 'examples', 'tools', 'docs'],
};
/** Code that is not part of the product; it may import tools. */
const TESTS = ['test', 'bench', 'spec'];

interface Package {
  readonly name: string;
  readonly folder: string;
  readonly floor: string;
  /** The example that it belongs to. */
  readonly family: string;
  readonly dependencies: readonly string[];
}

function filesBelow(folder: string, isWanted: (name: string) => boolean): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isFile()) return isWanted(entry.name) ? [path] : [];
    // alone-*: tests of the exercise make and drop such folders meanwhile.
    const isOther = /^(node_modules|dist|gen|template|fixtures|alone-.*|before-reset|\..*)$/.test(entry.name);
    return isOther ? [] : filesBelow(path, isWanted);
  });
}

/** Packages are told apart without the scope that some have. */
function unscoped(specifier: string): string {
  return specifier.replace(/^@grpc-by-example\//, '');
}

const packages: Package[] = Object.keys(MAY_IMPORT)
  .flatMap((floor) => filesBelow(join(root, floor), (name) => name === 'package.json'))
  .map((file) => {
    const { name, dependencies = {} } = JSON.parse(readFileSync(file, 'utf8'));
    const folder = join(file, '..');
    const [floor = '', family = ''] = relative(root, folder).split(sep);
    return { name: unscoped(name), folder, floor, family, dependencies: Object.keys(dependencies).map(unscoped) };
  });

/** Why a package may not use another, which may be one of the registry. */
function objection(user: Package, used: string): string | undefined {
  const other = packages.find(({ name }) => name === used);
  if (!other) return undefined;
  if (!MAY_IMPORT[user.floor]?.includes(other.floor))
    return `${user.name} (${user.floor}) uses ${used} (${other.floor})`;
  const isForeign = user.floor === 'examples' && other.floor === 'examples' && user.family !== other.family;
  return isForeign ? `${user.name} uses ${used}, of another example` : undefined;
}

/** The names of the packages that a file imports. */
function importsOf(file: string): string[] {
  const specifiers = readFileSync(file, 'utf8').matchAll(/(?:from|import\(|require\() ?'([^'.][^']*)'/g);
  return [...specifiers].map(([, specifier = '']) => unscoped(specifier).split('/')[0] ?? '');
}

function productFilesOf({ folder }: Package): string[] {
  const others = packages.map((other) => other.folder).filter((other) => other.startsWith(folder + sep));
  return filesBelow(folder, (name) => /\.[cm]?[jt]s$/.test(name)).filter((file) => {
    const [top = ''] = relative(folder, file).split(sep);
    return !TESTS.includes(top) && !others.some((other) => file.startsWith(other + sep));
  });
}

test('every package stands on its floor, or on one below', () => {
  const walls = packages.filter(({ floor }) => floor !== 'tools');
  const objections = walls.flatMap((user) => [
    ...user.dependencies.map((used) => objection(user, used)),
    ...productFilesOf(user).flatMap((file) => importsOf(file).map((used) => objection(user, used))),
  ]);
  expect(objections.filter(Boolean)).toEqual([]);
});

test('an example that imports a tool would be seen', () => {
  const example = packages.find(({ name }) => name === 'chat-server');
  expect(example && objection(example, 'testing')).toBe('chat-server (examples) uses testing (tools)');
  expect(example && objection(example, 'calc-proto')).toBe('chat-server uses calc-proto, of another example');
  expect(example && objection(example, 'grpc-streams')).toBeUndefined();
});

test('the picture of the floors has every package', () => {
  const picture = readFileSync(join(root, 'docs/floors.svg'), 'utf8');
  const shown = packages
    .filter(({ floor }) => floor !== 'docs')
    .map(({ folder }) => relative(root, folder).split(sep).slice(0, 2).join('/'));
  const names = new Set(shown.map((path) => path.split('/')[1] ?? ''));
  expect([...names].filter((name) => !picture.includes(`>${name}<`))).toEqual([]);
});

test('an import that leaves its package by a path would be seen', () => {
  const leaving = packages
    .filter(({ floor }) => floor !== 'tools')
    .flatMap((user) =>
      productFilesOf(user).flatMap((file) =>
        [...readFileSync(file, 'utf8').matchAll(/from '(\.[^']*)'/g)]
          .map(([, path = '']) => relative(user.folder, join(file, '..', path)))
          .filter((path) => path.startsWith('..'))
          .map((path) => `${relative(root, file)}: ${path}`),
      ),
    );
  expect(leaving).toEqual([]);
});
