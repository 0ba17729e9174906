import { existsSync, readFileSync } from 'node:fs';
import type { JWK } from 'jose';
import { OperatorError } from '../command-line.ts';
import { makeSigningKey, publicPart, type SigningKey } from '../token.ts';
import { OPEN, SECRET, writeAnew } from '../write-anew.ts';

/** What HS256 wants (RFC 7518, 3.2). */
export const SECRET_BYTES = 32;

/** As a server reads it: the bytes of the file, less one line end, which editors add. */
export function readSecret(path: string): Uint8Array {
  const bytes = read(path);
  const lineEnd = /\r?\n$/.exec(bytes.subarray(-2).toString('latin1'))?.[0] ?? '';
  const secret = bytes.subarray(0, bytes.length - lineEnd.length);
  if (secret.length < SECRET_BYTES)
    throw new OperatorError(`the secret in ${path} is shorter than ${SECRET_BYTES} bytes`);
  return secret;
}

export async function readOrMakeKey(path: string): Promise<SigningKey> {
  if (existsSync(path)) {
    const key = readJson(path) as Partial<SigningKey>;
    if (key.alg === 'ES256' && key.kid && key.d) return key as SigningKey;
    throw new OperatorError(`${path} is no private key that this command has made`);
  }
  const key = await makeSigningKey();
  await writeAnew(path, `${JSON.stringify(key)}\n`, SECRET);
  console.error(`made the key ${path}`);
  return key;
}

/** Adds its public part to the set in a file, unless it is there. */
export async function addToKeySet(path: string, key: SigningKey): Promise<void> {
  const { keys = [] } = existsSync(path) ? (readJson(path) as { keys?: JWK[] }) : {};
  if (!Array.isArray(keys)) throw new OperatorError(`${path} is no JSON Web Key Set`);
  if (keys.some(({ kid }) => kid === key.kid)) return;
  await writeAnew(path, `${JSON.stringify({ keys: [...keys, publicPart(key)] }, null, 2)}\n`, OPEN);
  console.error(`added its public key to ${path}`);
}

function readJson(path: string): object {
  try {
    return Object(JSON.parse(read(path).toString()));
  } catch (error) {
    if (error instanceof SyntaxError) throw new OperatorError(`${path} is no JSON`);
    throw error;
  }
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new OperatorError(`cannot read ${path} (${(error as NodeJS.ErrnoException).code})`);
  }
}
