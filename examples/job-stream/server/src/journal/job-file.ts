import { open, readFile } from 'node:fs/promises';
import { writeWholeFile } from 'whole-file';
import { sealed, sealedLength, unsealed } from './sealed.ts';

// The file of a job that is done has the lengths of its values, as JSON, and then the values, each of these sealed. In
// front of them all is the length of the JSON, in 32 bits.

const NUMBER_BYTES = 4;

/** Where the values are in the file; the last one is its end. */
export type Positions = readonly number[];

/** @throws UnwritableFile */
export async function writeJobFile(
  path: string,
  run: string,
  id: string,
  values: readonly Uint8Array[],
): Promise<Positions> {
  const lengths = Buffer.from(JSON.stringify(values.map(({ length }) => length)));
  const number = Buffer.alloc(NUMBER_BYTES);
  number.writeUInt32BE(lengths.length);
  await writeWholeFile(path, [
    number,
    sealed(run, id, lengths),
    ...values.map((value, index) => sealed(run, `${id}/${index}`, value)),
  ]);
  return positionsOf(lengths);
}

/** Reads and checks the whole file; undefined when it is not what was written for this job in this run. */
export async function checkJobFile(path: string, run: string, id: string): Promise<Positions | undefined> {
  const bytes = await readFile(path);
  if (bytes.length < NUMBER_BYTES) return undefined;
  const end = NUMBER_BYTES + sealedLength(bytes.readUInt32BE());
  const lengths = unsealed(run, id, bytes.subarray(NUMBER_BYTES, end));
  if (!lengths) return undefined;
  const positions = positionsOf(lengths);
  const values = positions.slice(1).map((end, index) => bytes.subarray(positions[index], end));
  const fit = values.every((value, index) => unsealed(run, `${id}/${index}`, value));
  return fit && positions.at(-1) === bytes.length ? positions : undefined;
}

/** Reads one of the values; undefined when it is not what was written. */
export async function readValue(
  path: string,
  run: string,
  id: string,
  positions: Positions,
  index: number,
): Promise<Uint8Array | undefined> {
  const [start = 0, end = 0] = positions.slice(index, index + 2);
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
  return unsealed(run, `${id}/${index}`, buffer.subarray(0, bytesRead));
}

function positionsOf(lengths: Uint8Array): Positions {
  const positions = [NUMBER_BYTES + sealedLength(lengths.length)];
  for (const length of JSON.parse(Buffer.from(lengths).toString()) as number[]) {
    positions.push((positions.at(-1) ?? 0) + sealedLength(length));
  }
  return positions;
}
