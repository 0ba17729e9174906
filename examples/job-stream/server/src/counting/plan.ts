import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { digestOf, findTextFile, orUnusable, type Split, type TextFile, UnusableFile } from './text-file.ts';

export interface Plan {
  readonly splits: readonly Split[];
  /** How many reduce jobs there are. */
  readonly partitions: number;
  readonly bytes: number;
  readonly files: readonly TextFile[];
}

const KIB = 2 ** 10;
const MIB = 2 ** 20;

/** A split may be longer than planned by so much, and no more: a message must hold it, and the counts of its words. */
const LONGEST_WORD = MIB;

/** The id of the map job of a split, from 0. */
export const mapId = (split: number): string => `map-${split + 1}`;
/** The id of the reduce job of a partition, from 0. */
export const reduceId = (partition: number): string => `reduce-${partition + 1}`;

/**
 * Reads the files once and plans the jobs: so many maps that several workers share even a short text, and so many
 * reduces that the words of a partition find room in a worker.
 *
 * A cut is in front of a character that is in no word. There it cuts no word, and nothing that Unicode would compose:
 * what combines with the character before it is a letter or a mark.
 *
 * @throws UnusableFile
 */
export function plan(paths: readonly string[]): Plan {
  const files = paths.map(findTextFile);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const splitBytes = clamp(Math.ceil(bytes / 16), KIB, 512 * KIB);
  const splits = files.flatMap((file) => [...splitFile(file, splitBytes)]);
  if (splits.length === 0) throw new UnusableFile(`there is nothing to count: ${paths.join(', ') || 'no file'}`);
  return { splits, partitions: clamp(Math.ceil(bytes / (4 * MIB)), 4, 256), bytes, files };
}

/** Names the plan: the same texts, cut alike, have the same name. */
export function fingerprint({ splits, partitions }: Plan): string {
  const hash = createHash('sha256').update(`${partitions}`);
  for (const { digest } of splits) hash.update(digest);
  return hash.digest('hex');
}

function* splitFile(file: TextFile, splitBytes: number): Generator<Split> {
  const { path, size } = file;
  const descriptor = orUnusable(path, () => openSync(path, 'r'));
  const buffer = Buffer.allocUnsafe(Math.min(size, splitBytes + LONGEST_WORD));
  try {
    for (let start = 0; ; ) {
      const read = orUnusable(path, () => readSync(descriptor, buffer, 0, buffer.length, start));
      if (read === 0) return;
      // The file ends there, or else the buffer would be full.
      const end = read < splitBytes + LONGEST_WORD ? read : undefined;
      const length = endOfWord(buffer.subarray(0, read), splitBytes) ?? end;
      if (length === undefined) {
        throw new UnusableFile(`${path} has a word of more than ${LONGEST_WORD / MIB} MiB, too long for a message`);
      }
      const text = buffer.subarray(0, length);
      if (!isUtf8(text)) throw new UnusableFile(`${path} is not a text file in UTF-8`);
      yield { file, start, length, digest: digestOf(text) };
      start += length;
    }
  } finally {
    closeSync(descriptor);
  }
}

/** What is not UTF-8 is not in a word either; that it is there is found elsewhere. */
const IN_WORD = /[\p{L}\p{M}\p{N}]/u;

/** Where the first character after so many bytes is that is in no word; undefined when there is none. */
function endOfWord(text: Buffer, from: number): number | undefined {
  let at = from;
  while (isWithinCharacter(text[at])) at++;
  for (;;) {
    const next = at + bytesOfCharacter(text[at]);
    if (next > text.length) return undefined;
    if (!IN_WORD.test(text.toString('utf8', at, next))) return at;
    at = next;
  }
}

const isWithinCharacter = (byte = 0) => byte >= 0x80 && byte < 0xc0;

/** How many bytes a character has, as its first one tells. */
function bytesOfCharacter(first = 0): number {
  if (first < 0xc0) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}

function clamp(value: number, from: number, to: number): number {
  return Math.min(Math.max(value, from), to);
}
