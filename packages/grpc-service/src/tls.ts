import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { type ChannelCredentials, credentials, ServerCredentials } from '@grpc/grpc-js';
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
 * @throws OperatorError as {@link serverCredentials} does
 */
export function channelCredentials({ tlsCa, tlsCert, tlsKey }: ClientTlsOptions): ChannelCredentials {
  if (!tlsCa && !tlsCert && !tlsKey) return credentials.createInsecure();
  if (!tlsCa) throw new OperatorError('TLS needs --tls-ca, the CA that signed the certificate of the server');
  const ca = readCa('--tls-ca', tlsCa);
  if (!tlsCert && !tlsKey) return credentials.createSsl(ca);
  if (!tlsCert || !tlsKey) throw new OperatorError('a client certificate needs both --tls-cert and --tls-key');
  const pair = readPair(tlsCert, tlsKey);
  return credentials.createSsl(ca, pair.key, pair.cert);
}

function readPair(certPath: string, keyPath: string): { cert: Buffer; key: Buffer } {
  const pair = { cert: readPem('--tls-cert', certPath), key: readPem('--tls-key', keyPath) };
  try {
    createSecureContext(pair);
  } catch (error) {
    throw new OperatorError(`${certPath} and ${keyPath} are no certificate and its key: ${(error as Error).message}`);
  }
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

function readPem(option: string, path: string): Buffer {
  let pem: Buffer;
  try {
    pem = readFileSync(path);
  } catch (error) {
    throw new OperatorError(`cannot read the file of ${option}: ${(error as Error).message}`);
  }
  if (!pem.includes('-----BEGIN ')) throw new OperatorError(`the file of ${option} is not in PEM form: ${path}`);
  return pem;
}
