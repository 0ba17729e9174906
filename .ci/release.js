// Releases the two packages that are for the registry: `pnpm release 0.2.0`. With --dry-run it does all but write, commit
// and publish. See "Releases" in CONTRIBUTING.md.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const root = join(import.meta.dirname, '..');
const PACKAGES = ['grpc-streams', 'grpc-program'];
const CHECKS = [
  ['publint@0.3.25', '--strict'],
  // Both are ES modules alone, which `require` of Node 20.19 takes too.
  ['@arethetypeswrong/cli@0.18.5', '--profile', 'esm-only'],
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'dry-run': { type: 'boolean', default: false } },
});
const [version = ''] = positionals;
const isDry = values['dry-run'];
/** Whether files were changed that nobody has seen on a registry yet. */
let canBeUndone = false;
const folder = mkdtempSync(join(tmpdir(), 'release-'));

/** Runs a program; shows what it prints when it fails. */
function run(...command) {
  const [file, ...args] = command;
  const { status, stdout, stderr, error } = spawnSync(file, args, { cwd: root, encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(`${command.join(' ')} ended with ${status ?? error?.message}\n${stdout ?? ''}${stderr ?? ''}`);
}

const manifestOf = (name) => join(root, 'packages', name, 'package.json');

/** The changelog with what is unreleased under this version. */
function released(changelog) {
  const [, entries = ''] = /\n## Unreleased\n([\s\S]*?)(?=\n## |$)/.exec(changelog) ?? [];
  if (!/^- /m.test(entries)) throw new Error('CHANGELOG.md says nothing under Unreleased');
  const today = new Date().toISOString().slice(0, 10);
  return changelog.replace('\n## Unreleased\n', `\n## Unreleased\n\n## ${version}, ${today}\n`);
}

/** Each number of a version greater than that of another, or the first that differs. */
function isLater(one, other) {
  const [a, b] = [one, other].map((text) => text.split('.').map(Number));
  const at = a.findIndex((number, index) => number !== b[index]);
  return at >= 0 && a[at] > b[at];
}

function release() {
  if (!/^\d+\.\d+\.\d+$/.test(version)) throw new Error('give the version: pnpm release 0.2.0 [--dry-run]');
  const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
  const next = released(changelog);
  for (const name of PACKAGES) {
    const { version: current } = JSON.parse(readFileSync(manifestOf(name), 'utf8'));
    const isFirst = !/^## \d/m.test(changelog) && version === current;
    if (!isFirst && !isLater(version, current)) throw new Error(`${name} is ${current} already`);
  }
  if (!isDry) {
    if (run('git', 'status', '--porcelain') !== '') throw new Error('commit first: there are changes in this clone');
    canBeUndone = true;
    for (const name of PACKAGES) {
      const manifest = readFileSync(manifestOf(name), 'utf8');
      writeFileSync(manifestOf(name), manifest.replace(/"version": ".*"/, `"version": "${version}"`));
    }
    writeFileSync(join(root, 'CHANGELOG.md'), next);
  }
  const tarballs = PACKAGES.map((name) => {
    run('pnpm', '--filter', name, 'pack', '--pack-destination', folder);
    return join(
      folder,
      readdirSync(folder).find((file) => file.startsWith(`${name}-`)),
    );
  });
  for (const tarball of tarballs) {
    for (const [tool, ...options] of CHECKS) run('npx', '-y', tool, tarball, ...options);
    console.log(`${tarball.slice(folder.length + 1)}: publint and attw find nothing`);
  }
  for (const tarball of tarballs) {
    run('npm', 'publish', tarball, '--access', 'public', ...(isDry ? ['--dry-run'] : []));
    canBeUndone = false;
  }
  if (isDry) return console.log(`Nothing was published: ${version} would be.`);
  run('git', 'commit', '--all', '--message', `chore: ${version}`);
  run('git', 'tag', `v${version}`);
  console.log(`Published ${version}. Next: git push --follow-tags`);
}

try {
  release();
} catch (error) {
  if (canBeUndone) run('git', 'checkout', '--', '.');
  console.error(`Error: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}
