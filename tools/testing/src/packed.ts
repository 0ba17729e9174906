import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestContext } from 'vitest';
import { COMPILED } from './compiled.ts';
import { fetchFailure } from './fetch-failure.ts';
import { onceInARun } from './once-in-a-run.ts';
import { run } from './program.ts';
import { skip } from './skip.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { workspaceRoot } from './workspace.ts';

const root = workspaceRoot(import.meta.dirname);
const folderOf = (name: string) => join(root, 'packages', name);

/**
 * The tarball of a package, as `pnpm --filter NAME pack` makes it. It is made once in a run of tests: files that run at
 * the same time would build it over each other.
 *
 * @param name of a package in `packages`
 */
export async function tarball(name: string): Promise<string> {
  const folder = join(process.env[COMPILED] ?? '', 'packed', name);
  await onceInARun(`pack-${name}`, async () => {
    const command = ['pnpm', '--filter', name, 'pack', '--pack-destination', folder];
    const { exit, stdout, stderr } = await run(command, { cwd: root });
    if (exit !== 0) throw new Error(`${command.join(' ')} ended with ${exit}\n${stdout}${stderr}`);
  });
  return join(folder, readdirSync(folder).find((file) => file.endsWith('.tgz')) ?? '');
}

/**
 * A project outside of the workspace that has packages as they are packed, and without a network: what they depend on is
 * linked from where it is installed here.
 *
 * @param others what the project has besides: the name of a package, and a folder in whose node_modules it is
 */
export async function linkedProject(names: readonly string[], others: Record<string, string> = {}): Promise<string> {
  const modules = join(temporaryFolder(), 'project', 'node_modules');
  mkdirSync(modules, { recursive: true });
  const link = (name: string, from: string) => {
    const path = join(modules, name);
    mkdirSync(dirname(path), { recursive: true });
    if (!existsSync(path)) symlinkSync(realpathSync(join(from, 'node_modules', name)), path, 'junction');
  };
  for (const name of names) {
    mkdirSync(join(modules, name));
    const unpacked = await run(['tar', 'xzf', await tarball(name), '--strip-components=1', '-C', join(modules, name)]);
    if (unpacked.exit !== 0) throw new Error(unpacked.stderr);
  }
  for (const name of names) {
    const { dependencies = {}, peerDependencies = {} } = JSON.parse(
      readFileSync(join(modules, name, 'package.json'), 'utf8'),
    ) as Record<string, Record<string, string>>;
    for (const other of Object.keys({ ...dependencies, ...peerDependencies })) link(other, folderOf(name));
  }
  for (const [name, from] of Object.entries(others)) link(name, from);
  return dirname(modules);
}

/**
 * An empty folder in which npm has installed packages as they are packed, and others of the registry. Where npm cannot
 * fetch those, the test is skipped, and says why.
 *
 * @param others as npm takes them: `@grpc/grpc-js@1.14.0`
 */
export async function npmProject(
  context: TestContext,
  names: readonly string[],
  others: readonly string[] = [],
): Promise<string> {
  const project = join(temporaryFolder(), 'project');
  mkdirSync(project);
  const tarballs = await Promise.all(names.map(tarball));
  const { exit, stdout, stderr } = await run(
    ['npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', ...tarballs, ...others],
    { cwd: project },
  );
  if (exit !== 0) {
    const failure = fetchFailure(stderr);
    if (failure !== undefined) skip(context, failure);
    throw new Error(`npm install ended with ${exit}\n${stdout}${stderr}`);
  }
  return project;
}
