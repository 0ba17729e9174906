// Makes the site: stages its pages in .build/, and has VitePress build them. With --dev it serves them instead.
// The reference needs the types of what the packages import, so the repository has to be installed.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { courseOf } from './course.js';
import { referenceOf } from './reference.js';
import { NOWHERE, Repository } from './repository.js';
import { Stage, sitePath } from './stage.js';

const site = join(import.meta.dirname, '..');
const root = dirname(site);

/** Writes the pages of the site; all that is wrong with them is told at once. */
function stage() {
  const repository = new Repository(root);
  const pages = courseOf(repository).flatMap((part) => part.pages);
  const staging = new Stage(repository, pages);
  const texts = new Map(pages.map((page) => [sitePath(page), staging.page(page)]));
  if (staging.faults.length > 0) throw new Error(staging.faults.join('\n'));
  for (const [page, text] of referenceOf(repository, staging.blocks)) texts.set(page, text);
  texts.set('pictures.css', staging.pictures.css);
  const folder = join(site, '.build');
  rmSync(folder, { recursive: true, force: true });
  for (const [path, text] of texts) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

try {
  if (!process.env.REPOSITORY_URL) console.log(`Links to sources lead to ${NOWHERE}: set REPOSITORY_URL to mend that.`);
  stage();
  const command = process.argv.includes('--dev') ? 'dev' : 'build';
  const vitepress = join(site, 'node_modules/vitepress/bin/vitepress.js');
  const { status } = spawnSync(process.execPath, [vitepress, command], { cwd: site, stdio: 'inherit' });
  process.exitCode = status ?? 1;
} catch (error) {
  console.error(`Error: ${error.message}`);
  process.exitCode = 1;
}
