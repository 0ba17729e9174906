import { createHash } from 'node:crypto';
import { type BigIntStats, statSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';

/** A file to count, as it was when the run began. */
export interface TextFile {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Which file it was, and when it was last written: another one means that it may have changed. */
  readonly version: string;
}

/** A part of a file that holds whole words: the text of one map job. */
export interface Split {
  readonly file: TextFile;
  readonly start: number;
  readonly length: number;
  /** SHA-256 of the text. */
  readonly digest: string;
}

/** A file that cannot be counted; the message is for the person who named it. */
export class UnusableFile extends Error {
  override name = 'UnusableFile';
}

/** @throws UnusableFile when there is no file to read */
export function findTextFile(path: string): TextFile {
  const stats = orUnusable(path, () => statSync(path, { bigint: true }));
  if (!stats.isFile()) throw new UnusableFile(`${path} is ${stats.isDirectory() ? 'a folder' : 'no regular file'}`);
  return { path, size: Number(stats.size), version: versionOf(stats) };
}

/** Throws when the file is not what it was when the run began, as far as the system knows. */
export async function checkUnchanged({ path, version }: TextFile): Promise<void> {
  const stats = await stat(path, { bigint: true }).catch(() => undefined);
  if (!stats || versionOf(stats) !== version) throw changed(path);
}

/** Reads the text of a split. Throws when it is not what it was. */
export async function readSplit({ file, start, length, digest }: Split): Promise<Uint8Array> {
  await checkUnchanged(file);
  await using handle = await open(file.path);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, start);
  if (bytesRead !== length || digestOf(buffer) !== digest) throw changed(file.path);
  return buffer;
}

export function digestOf(text: Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Gives what was read. @throws UnusableFile when it cannot be */
export function orUnusable<Value>(path: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    // Node adds the call and the path.
    const [why] = (error as Error).message.split(',');
    throw new UnusableFile(`cannot read ${path}: ${why}`);
  }
}

const versionOf = ({ dev, ino, size, mtimeNs }: BigIntStats) => `${dev}:${ino}:${size}:${mtimeNs}`;

const changed = (path: string) => new Error(`${path} has changed since the run began`);
