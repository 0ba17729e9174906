import { randomBytes } from 'node:crypto';
import { accessSync, type BigIntStats, constants, fstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** A file that cannot be written; the message is for the person who named it. */
export class UnwritableFile extends Error {
  override name = 'UnwritableFile';
}

/** What is at the end of a path, and of the links that it leads through. */
export interface Target {
  readonly path: string;
  /** Those of the file that is there, if any. */
  readonly stats: BigIntStats | undefined;
}

/**
 * Writes a file whole or not at all: under another name beside it, which then becomes its own. Until then, a file that
 * is there stays as it is; whatever goes wrong, it stays for good. Links are followed, and the file keeps its mode and
 * its owner.
 *
 * @param content what it throws is thrown on
 * @param mode that of the file, which then is the writer's own, whoever had it before
 * @throws UnwritableFile as {@link findTarget}, and when the disk is full, say
 */
export async function writeWholeFile(
  path: string,
  content: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
  { mode }: { mode?: number } = {},
): Promise<void> {
  const { path: target, stats } = findTarget(path);
  const part = `${target}.${randomBytes(6).toString('hex')}.part`;
  try {
    await using file = await open(part, 'wx', mode ?? 0o666);
    if (stats && mode === undefined) {
      // Only root can give a file away. Without that, it is the writer's.
      await file.chown(Number(stats.uid), Number(stats.gid)).catch(() => {});
      await file.chmod(Number(stats.mode & 0o7777n));
    }
    await pipeline(content, file.createWriteStream({ flush: true }));
    await rename(part, target);
  } catch (error) {
    await rm(part, { force: true });
    throw unwritable(path, error);
  }
  await saveNames(dirname(target));
}

/** Drops what writers of this file have left that were killed. One that still writes then fails. */
export async function dropParts(path: string): Promise<void> {
  const { path: target } = findTarget(path);
  const start = `${basename(target)}.`;
  for (const name of await readdir(dirname(target)).catch(() => [])) {
    if (name.startsWith(start) && /^[0-9a-f]{12}\.part$/.test(name.slice(start.length)))
      await rm(join(dirname(target), name), { force: true });
  }
}

/**
 * Where a write to this path would go.
 *
 * @throws UnwritableFile when that is no regular file, or the one that this program prints to; when it is not to be
 *   written, or its folder is not
 */
export function findTarget(path: string): Target {
  try {
    const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (stats && !stats.isFile()) throw new UnwritableFile(`${path} is ${kindOf(stats)}, not a file`);
    if (stats && isPrintedTo(stats)) throw new UnwritableFile(`${path} is what this program prints to`);
    const target = throughLinks(path);
    if (stats) accessSync(target, constants.W_OK);
    accessSync(dirname(target), constants.W_OK);
    return { path: target, stats };
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** Whether two paths lead to the same file, if through links, or by hard links. */
export function isSameFile(one: string, other: string): boolean {
  const [first, second] = [one, other].map((path) => statSync(path, { bigint: true, throwIfNoEntry: false }));
  return first !== undefined && second !== undefined && isSame(first, second);
}

/** `realpath`, but also of a file that is not there yet. */
function throughLinks(path: string): string {
  try {
    // Not the one in JavaScript, which trusts what the last `stat` has found.
    return realpathSync.native(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const folder = realpathSync.native(dirname(path));
  const link = linkAt(path);
  return link === undefined ? join(folder, basename(path)) : throughLinks(resolve(folder, link));
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

const isSame = (one: BigIntStats, other: BigIntStats) => one.dev === other.dev && one.ino === other.ino;

/** True for `/dev/stdout`, when the shell has sent that to a file. */
function isPrintedTo(stats: BigIntStats): boolean {
  return [1, 2].some((output) => {
    try {
      return isSame(fstatSync(output, { bigint: true }), stats);
    } catch {
      return false; // it is closed
    }
  });
}

function kindOf(stats: BigIntStats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}

/** Not every system can; and what was renamed is whole without it, too. */
async function saveNames(folder: string): Promise<void> {
  const handle = await open(folder).catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

function unwritable(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  // Node adds the call and the path, which may be that of the part.
  const [why] = error.message.split(',');
  return new UnwritableFile(`cannot write ${path}: ${why}`);
}
