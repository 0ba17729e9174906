import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';

/** A part of a file, cut at white space: the text of one map job. */
export interface Split {
  readonly path: string;
  readonly start: number;
  readonly length: number;
  /** SHA-256 of the text, by which a change of the file during the run is noticed. */
  readonly digest: string;
}

export interface Plan {
  readonly splits: readonly Split[];
  /** How many reduce jobs there are. */
  readonly partitions: number;
  readonly bytes: number;
  readonly files: number;
  readonly emptyFiles: readonly string[];
}

/** A file that cannot be counted; the message is for the person who named it. */
export class UnusableFile extends Error {
  override name = 'UnusableFile';
}

const KIB = 2 ** 10;
const MIB = 2 ** 20;

/** A split may be longer than planned by so much, and no more: a message must hold it, and the counts of its words. */
const LONGEST_WORD = 256 * KIB;

/**
 * Reads the files once and plans the jobs: so many maps that several workers share even a short text, and so many
 * reduces that the words of a partition find room in a worker.
 *
 * A cut is a white space of ASCII. No word holds one, and in UTF-8 its byte is never a part of another character: this
 * is all that the master needs to know of words.
 *
 * @throws UnusableFile
 */
export function plan(paths: readonly string[]): Plan {
  const sizes = paths.map(sizeOf);
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  const splitBytes = clamp(Math.ceil(bytes / 16), KIB, 512 * KIB);
  const splits = paths.flatMap((path, index) => [...splitFile(path, sizes[index] ?? 0, splitBytes)]);
  if (splits.length === 0) throw new UnusableFile(`there is nothing to count: ${paths.join(', ') || 'no file'}`);
  return {
    splits,
    partitions: clamp(Math.ceil(bytes / (4 * MIB)), 4, 256),
    bytes,
    files: paths.length,
    emptyFiles: paths.filter((_, index) => sizes[index] === 0),
  };
}

/** Names the plan: the same texts, cut alike, have the same name. */
export function fingerprint({ splits, partitions }: Plan): string {
  const hash = createHash('sha256').update(`${partitions}`);
  for (const { digest } of splits) hash.update(digest);
  return hash.digest('hex');
}

export function digestOf(text: Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}

function sizeOf(path: string): number {
  const stats = orUnusable(path, () => statSync(path));
  if (!stats.isFile()) throw new UnusableFile(`${path} is ${stats.isDirectory() ? 'a folder' : 'no regular file'}`);
  return stats.size;
}

function* splitFile(path: string, size: number, splitBytes: number): Generator<Split> {
  const file = orUnusable(path, () => openSync(path, 'r'));
  const buffer = Buffer.allocUnsafe(Math.min(size, splitBytes + LONGEST_WORD));
  try {
    for (let start = 0; ; ) {
      const read = orUnusable(path, () => readSync(file, buffer, 0, buffer.length, start));
      if (read === 0) return;
      const length = endOfWord(buffer.subarray(0, read), splitBytes);
      if (length === undefined) {
        throw new UnusableFile(`${path} is not a text file: more than ${LONGEST_WORD / KIB} KiB without white space`);
      }
      const text = buffer.subarray(0, length);
      if (text.includes(0)) throw new UnusableFile(`${path} is not a text file: it contains zero bytes`);
      if (!isUtf8(text)) throw new UnusableFile(`${path} is not a text file in UTF-8`);
      yield { path, start, length, digest: digestOf(text) };
      start += length;
    }
  } finally {
    closeSync(file);
  }
}

/** Where the word ends that the split would cut; undefined when it is not seen to end. */
function endOfWord(buffer: Buffer, splitBytes: number): number | undefined {
  let end = splitBytes;
  while (end < buffer.length && (buffer[end] ?? 0) > 0x20) end++;
  // The file ends here, or else the buffer would be full.
  if (end >= buffer.length) return buffer.length < splitBytes + LONGEST_WORD ? buffer.length : undefined;
  return end;
}

function orUnusable<Value>(path: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    // Node adds the call and the path.
    const [why] = (error as Error).message.split(',');
    throw new UnusableFile(`cannot read ${path}: ${why}`);
  }
}

function clamp(value: number, from: number, to: number): number {
  return Math.min(Math.max(value, from), to);
}
