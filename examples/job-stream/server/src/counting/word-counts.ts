import { crc32 } from 'node:zlib';
import { status } from '@grpc/grpc-js';
import { asText } from 'grpc-program/server';
import { statusError } from 'grpc-streams';
import { WordCounts } from 'job-proto';
import { Sum } from './sum.ts';

export interface CountedWord {
  readonly word: string;
  readonly count: number;
}

/** The most frequent first; equally frequent words in the order of their characters. */
export function byCount(a: CountedWord, b: CountedWord): number {
  return b.count - a.count || (a.word < b.word ? -1 : 1);
}

/** A reply that does not fit its job is the fault of the worker. */
export const wrong = (details: string) => statusError(status.INVALID_ARGUMENT, details);

/** Where counts come from, by which they are checked. */
export interface Source {
  /** The job that a worker replied to. */
  readonly id: string;
  readonly partition: number;
  readonly partitions: number;
}

const ASCII_WORD = /^[a-z\d]+$/;
const WORD = /^[\p{L}\p{M}\p{N}]+$/u;

/** What a worker says in its reply is what the contract says that it is. */
const isWord = (text: string) =>
  ASCII_WORD.test(text) || (WORD.test(text) && text.toLowerCase().normalize('NFC') === text);

/**
 * Checks counts that a worker replied.
 *
 * @returns what they add up to
 * @throws INVALID_ARGUMENT when they are not words and counts, or words of another partition
 */
export function checkCounts(message: WordCounts, { id, partition, partitions }: Source): Sum {
  const words = message.getWordsList();
  const counts = message.getCountsList();
  if (words.length !== counts.length) throw wrong(`the reply to ${id} does not give a count for each word`);
  const sum = new Sum();
  for (const [index, word] of words.entries()) {
    const count = counts[index] ?? 0;
    if (count < 1 || !Number.isSafeInteger(count)) {
      throw wrong(`the reply to ${id} does not give a count for each word`);
    }
    if (!isWord(word)) throw wrong(`the reply to ${id} has ${quoted(word)}, which is no word`);
    const crc = crc32(word);
    if (crc % partitions !== partition) throw wrong(`the reply to ${id} has ${quoted(word)} in the wrong partition`);
    sum.add(count, crc);
  }
  return sum;
}

/** @throws INVALID_ARGUMENT when the bytes are not a WordCounts */
export function parseCounts(id: string, bytes: Uint8Array): WordCounts {
  try {
    return WordCounts.deserializeBinary(bytes);
  } catch {
    throw wrong(`the reply to ${id} contains something that is not a WordCounts`);
  }
}

export function countedWords(message: WordCounts): CountedWord[] {
  const counts = message.getCountsList();
  return message.getWordsList().map((word, index) => ({ word, count: counts[index] ?? 0 }));
}

/** In parts, so that the result is never read all at once. */
export function serialiseCounts(words: readonly CountedWord[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let start = 0; start < words.length; start += 10_000) {
    const part = words.slice(start, start + 10_000);
    const message = new WordCounts()
      .setWordsList(part.map(({ word }) => word))
      .setCountsList(part.map(({ count }) => count));
    parts.push(message.serializeBinary());
  }
  return parts;
}

const quoted = (word: string) => `"${asText(word.slice(0, 40))}"`;
