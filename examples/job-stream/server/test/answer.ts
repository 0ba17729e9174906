import type { Job, JobReply, WordCounts } from '../../proto/test/contract.mts';
import { countIndependently } from '../../proto/test/count-independently.mts';

/** What an honest worker replies, by the contract alone. */
export function answer(parts: readonly Job[]): JobReply {
  const { id, attempt, map } = parts[0] ?? {};
  if (map) {
    const { text = '', partitions = 0 } = map;
    const counts = Object.entries(countIndependently(text));
    const lists = Array.from({ length: partitions }, (_, partition) =>
      toLists(counts.filter(([word]) => crc32(Buffer.from(word)) % partitions === partition)),
    );
    return { id, attempt, map: { partitions: lists } };
  }
  const sums: Record<string, number> = Object.create(null);
  for (const { words = [], counts = [] } of parts.flatMap(({ reduce }) => reduce?.counts ?? [])) {
    for (const [index, word] of words.entries()) sums[word] = (sums[word] ?? 0) + Number(counts[index]);
  }
  return { id, attempt, reduce: { counts: toLists(Object.entries(sums)) } };
}

const toLists = (counts: [string, number][]): WordCounts => ({
  words: counts.map(([word]) => word),
  counts: counts.map(([, count]) => `${count}`),
});

/** CRC-32 as its definition has it, bit by bit. */
export function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
