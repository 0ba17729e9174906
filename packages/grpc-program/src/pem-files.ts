import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { OperatorError } from './operator-error.ts';
import { readOptionFile } from './option-file.ts';

/**
 * Reads a certificate and its private key.
 *
 * @param option what the options that name the files begin with: `--tls` for `--tls-cert` and `--tls-key`
 * @throws OperatorError when they cannot be read or do not belong together, or when the certificate has expired
 */
export function readPair(certPath: string, keyPath: string, option = '--tls'): { cert: Buffer; key: Buffer } {
  const pair = { cert: readPem(`${option}-cert`, certPath), key: readPem(`${option}-key`, keyPath) };
  try {
    createSecureContext(pair);
  } catch (error) {
    throw new OperatorError(
      `${certPath} and ${keyPath} are not a certificate and its key: ${(error as Error).message}`,
    );
  }
  const { validTo } = new X509Certificate(pair.cert);
  if (Date.parse(validTo) < Date.now()) throw new OperatorError(`the certificate ${certPath} expired on ${validTo}`);
  return pair;
}

/**
 * Reads the certificate of a CA.
 *
 * @param option that which names the file: `--tls-ca`
 * @throws OperatorError when it cannot be read, or is not a certificate
 */
export function readCa(option: string, path: string): Buffer {
  const pem = readPem(option, path);
  try {
    // Node would ignore a CA that it cannot read, and then trust nobody.
    new X509Certificate(pem);
  } catch {
    throw new OperatorError(`the file of ${option} does not contain a certificate: ${path}`);
  }
  return pem;
}

function readPem(option: string, path: string): Buffer {
  const pem = readOptionFile(option, path);
  if (!pem.includes('-----BEGIN ')) throw new OperatorError(`the file of ${option} is not in PEM format: ${path}`);
  return pem;
}
