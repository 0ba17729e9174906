import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { checkServerIdentity, createSecureContext } from 'node:tls';
import { type ChannelCredentials, credentials, ServerCredentials, type VerifyOptions } from '@grpc/grpc-js';
import { OperatorError } from './operator-error.ts';

export type ServerTlsOptions = {
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
  readonly tlsClientCa?: string | undefined;
};

export type ClientTlsOptions = {
  readonly tlsCa?: string | undefined;
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
};

/**
 * Plain text without files; TLS with a certificate and its key; mutual TLS with a CA for client certificates too.
 *
 * @throws OperatorError when a file is missing, unreadable, or no match for the other
 */
export function serverCredentials({ tlsCert, tlsKey, tlsClientCa }: ServerTlsOptions): ServerCredentials {
  if (!tlsCert && !tlsKey && !tlsClientCa) return ServerCredentials.createInsecure();
  if (!tlsCert || !tlsKey) throw new OperatorError('TLS needs both --tls-cert and --tls-key');
  const pair = readPair(tlsCert, tlsKey);
  const clientCa = tlsClientCa ? readCa('--tls-client-ca', tlsClientCa) : null;
  return ServerCredentials.createSsl(clientCa, [{ cert_chain: pair.cert, private_key: pair.key }], clientCa !== null);
}

/**
 * Plain text without files; TLS with the CA that signed the server's certificate; with a certificate and its key the
 * client shows who it is.
 *
 * @param ip the IP address of a server that has no name: the one that its certificate must be for
 * @throws OperatorError as {@link serverCredentials} does
 */
export function channelCredentials({ tlsCa, tlsCert, tlsKey }: ClientTlsOptions, ip?: string): ChannelCredentials {
  if (!tlsCa && !tlsCert && !tlsKey) return credentials.createInsecure();
  if (!tlsCa) throw new OperatorError('TLS needs --tls-ca, the CA that signed the certificate of the server');
  const ca = readCa('--tls-ca', tlsCa);
  const verify: VerifyOptions = ip ? { checkServerIdentity: (_, cert) => checkServerIdentity(ip, cert) } : {};
  if (!tlsCert && !tlsKey) return credentials.createSsl(ca, null, null, verify);
  if (!tlsCert || !tlsKey) throw new OperatorError('a client certificate needs both --tls-cert and --tls-key');
  const pair = readPair(tlsCert, tlsKey);
  return credentials.createSsl(ca, pair.key, pair.cert, verify);
}

function readPair(certPath: string, keyPath: string): { cert: Buffer; key: Buffer } {
  const pair = { cert: readPem('--tls-cert', certPath), key: readPem('--tls-key', keyPath) };
  try {
    createSecureContext(pair);
  } catch (error) {
    throw new OperatorError(`${certPath} and ${keyPath} are no certificate and its key: ${(error as Error).message}`);
  }
  const { validTo } = new X509Certificate(pair.cert);
  if (Date.parse(validTo) < Date.now()) throw new OperatorError(`the certificate ${certPath} expired on ${validTo}`);
  return pair;
}

function readCa(option: string, path: string): Buffer {
  const pem = readPem(option, path);
  try {
    // Node would ignore a CA that it cannot read, and then trust nobody.
    new X509Certificate(pem);
  } catch {
    throw new OperatorError(`the file of ${option} holds no certificate: ${path}`);
  }
  return pem;
}

/**
 * The secret of `--jwt-secret`, without the line end that editors add.
 *
 * @throws OperatorError when the file cannot be read, or holds less than the 32 bytes that HS256 wants (RFC 7518, 3.2)
 */
export function readSecret(path: string): Uint8Array {
  const secret = readFile('--jwt-secret', path).toString().trim();
  if (Buffer.byteLength(secret) < 32) throw new OperatorError(`the secret in ${path} is shorter than 32 bytes`);
  return Buffer.from(secret);
}

/**
 * The token of `--token`.
 *
 * @throws OperatorError when the file cannot be read, or is empty
 */
export function readToken(path: string): string {
  const token = readFile('--token', path).toString().trim();
  if (!/^\S+$/.test(token)) throw new OperatorError(`the file of --token holds no token: ${path}`);
  return token;
}

function readPem(option: string, path: string): Buffer {
  const pem = readFile(option, path);
  if (!pem.includes('-----BEGIN ')) throw new OperatorError(`the file of ${option} is not in PEM form: ${path}`);
  return pem;
}

function readFile(option: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new OperatorError(`cannot read the file of ${option}: ${(error as Error).message}`);
  }
}
