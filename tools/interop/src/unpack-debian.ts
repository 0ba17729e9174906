import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build, buildFolder } from './build.ts';
import { NotHere } from './row.ts';

/**
 * Unpacks Debian's packages beside the lane, where they are not installed.
 *
 * @returns the folder that has their `usr`
 * @throws NotHere where there are none
 */
export async function unpackDebian(name: string, packages: readonly string[]): Promise<string> {
  const cwd = buildFolder(name);
  if (existsSync(join(cwd, 'usr'))) return cwd;
  if (spawnSync('apt-get', ['-v']).status !== 0) throw new NotHere(`neither ${name} nor apt-get found`);
  try {
    await build(['mkdir', '-p', cwd]);
    await build(['apt-get', 'download', ...packages], { cwd }).catch(async () => {
      await build(['apt-get', 'update']);
      await build(['apt-get', 'download', ...packages], { cwd });
    });
    for (const file of readdirSync(cwd).filter((file) => file.endsWith('.deb'))) {
      await build(['dpkg-deb', '--extract', file, '.'], { cwd });
    }
    return cwd;
  } catch (error) {
    throw new NotHere(`${name} not found, and apt-get gives none: ${(error as Error).message.split('\n')[0]}`);
  }
}
