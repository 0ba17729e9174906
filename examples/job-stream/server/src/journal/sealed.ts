import { createHash } from 'node:crypto';

/** Of SHA-256. */
const DIGEST_BYTES = 32;

/** A value as it is kept: behind a digest of the run that it is of, its name, and itself. */
export function sealed(run: string, name: string, value: Uint8Array): Uint8Array {
  return Buffer.concat([digestOf(run, name, value), value]);
}

export const sealedLength = (length: number): number => DIGEST_BYTES + length;

/** The value that was sealed; undefined when it was not this one, by this name, in this run. */
export function unsealed(run: string, name: string, kept: Uint8Array): Uint8Array | undefined {
  const value = kept.subarray(DIGEST_BYTES);
  return digestOf(run, name, value).equals(kept.subarray(0, DIGEST_BYTES)) ? value : undefined;
}

function digestOf(run: string, name: string, value: Uint8Array): Buffer {
  return createHash('sha256').update(`${run}\n${name}\n`).update(value).digest();
}
