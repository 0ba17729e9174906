import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of the workspace that holds this folder. */
export function workspaceRoot(folder: string): string {
  return folderWith('pnpm-workspace.yaml', folder);
}

/** The package that a file belongs to; its name is without a scope, as pnpm's --filter takes it. */
export function packageOf(file: string): { name: string; folder: string } {
  const folder = folderWith('package.json', dirname(file));
  const { name } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name: string };
  return { name: name.replace(/^@.*\//, ''), folder };
}

/** Patterns for the files of packages in folders of this one, as an example has its server and its client. */
export function packagesBelow(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'package.json')))
    .map((name) => `${name}/**`);
}

function folderWith(file: string, start: string): string {
  let folder = start;
  while (!existsSync(join(folder, file))) {
    if (folder === dirname(folder)) throw new Error(`no ${file} in ${start} or above`);
    folder = dirname(folder);
  }
  return folder;
}
