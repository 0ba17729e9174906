import { checkServerIdentity } from 'node:tls';
import { type ChannelCredentials, credentials, type VerifyOptions } from '@grpc/grpc-js';
import { OperatorError } from './operator-error.ts';
import { readCa, readPair } from './pem-files.ts';

export interface ClientTlsOptions {
  readonly tlsCa?: string | undefined;
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
}

/**
 * Plain text without files; TLS with the CA that signed the server's certificate; with a certificate and its key the
 * client shows who it is.
 *
 * @param ip the IP address of a server that has no name: the one that its certificate must be for
 * @throws OperatorError when an option or its file is missing, unreadable, or no match for the others
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
