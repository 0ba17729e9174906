import type { JSONWebKeySet } from 'jose';
import { keySetOf } from './key-set.ts';
import { OperatorError } from './operator-error.ts';
import { readOptionFile } from './option-file.ts';

/**
 * The secret of `--jwt-secret`: the bytes of the file, less one line end, which editors add.
 *
 * @throws OperatorError when the file cannot be read, or holds less than the 32 bytes that HS256 wants (RFC 7518, 3.2)
 */
export function readSecret(path: string): Uint8Array {
  const bytes = readOptionFile('--jwt-secret', path);
  const lineEnd = /\r?\n$/.exec(bytes.subarray(-2).toString('latin1'))?.[0] ?? '';
  const secret = bytes.subarray(0, bytes.length - lineEnd.length);
  if (secret.length < 32) throw new OperatorError(`the secret in ${path} is shorter than 32 bytes`);
  return secret;
}

/**
 * The public keys of `--jwt-keys`.
 *
 * @throws OperatorError when the file cannot be read, is no JSON Web Key Set (RFC 7517), or has a key that is not public
 */
export function readKeySet(path: string): JSONWebKeySet {
  const text = readOptionFile('--jwt-keys', path).toString();
  try {
    return keySetOf(text);
  } catch (error) {
    throw new OperatorError(`the file of --jwt-keys is not usable, ${path}: ${(error as Error).message}`);
  }
}

/**
 * The token of `--token`.
 *
 * @throws OperatorError when the file cannot be read, or holds what a header cannot carry; grpc-js would print the
 *   token, in its error
 */
export function readToken(path: string): string {
  const token = readOptionFile('--token', path).toString().trim();
  if (!/^[!-~]+$/.test(token)) throw new OperatorError(`the file of --token does not contain a token: ${path}`);
  return token;
}
