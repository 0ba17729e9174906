import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** The repository, of whose files the site is made. */
export class Repository {
  #files;
  #folders;

  /** @param {string} root */
  constructor(root) {
    this.root = root;
    const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
    this.#files = new Set(`${listed}`.split('\0').filter(Boolean));
    this.#folders = new Set(['.', ...[...this.#files].flatMap(foldersOf)]);
  }

  /** The files that are in it, or would be after the next commit. */
  get files() {
    return [...this.#files];
  }

  isFile(path) {
    return this.#files.has(path);
  }

  isFolder(path) {
    return this.#folders.has(path);
  }

  read(path) {
    return readFileSync(join(this.root, path), 'utf8');
  }
}

/** What stands for the address of the repository where nobody says it. */
export const NOWHERE = 'https://github.com/OWNER/REPOSITORY';

/**
 * Where a file or folder of the repository can be seen. `REPOSITORY_URL` says where the repository is, and
 * `REPOSITORY_REVISION` which commit or branch of it.
 */
export function addressOf(path, { isFolder = false, lines = '' } = {}) {
  const { REPOSITORY_URL, REPOSITORY_REVISION } = process.env;
  const revision = `${isFolder ? 'tree' : 'blob'}/${REPOSITORY_REVISION || 'main'}`;
  return `${REPOSITORY_URL || NOWHERE}/${revision}/${path}${lines && `#${lines}`}`;
}

function foldersOf(file) {
  const folder = posix.dirname(file);
  return folder === '.' ? [] : [folder, ...foldersOf(folder)];
}
