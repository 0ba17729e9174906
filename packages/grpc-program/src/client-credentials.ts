import { X509Certificate } from 'node:crypto';
import type { PeerCertificate } from 'node:tls';
import { type ChannelCredentials, credentials, type VerifyOptions } from '@grpc/grpc-js';
import { OperatorError } from './operator-error.ts';
import { readCa, readPair } from './pem-files.ts';

export interface ClientTlsOptions {
  /** The file of the CA that signed the certificate of the server. */
  readonly tlsCa?: string | undefined;
  /** The file of the certificate by which the client shows who it is. */
  readonly tlsCert?: string | undefined;
  /** The file of its private key. */
  readonly tlsKey?: string | undefined;
}

/**
 * Plain text without files; TLS with the CA that signed the server's certificate; with a certificate and its key the
 * client shows who it is.
 *
 * @param ips the IP addresses of a server that has no name: its certificate must be for one of them
 * @throws OperatorError when an option or its file is missing, unreadable, or no match for the others
 */
export function channelCredentials(
  { tlsCa, tlsCert, tlsKey }: ClientTlsOptions,
  ips: readonly string[] = [],
): ChannelCredentials {
  if (!tlsCa && !tlsCert && !tlsKey) return credentials.createInsecure();
  if (!tlsCa) throw new OperatorError('TLS needs --tls-ca, the CA that signed the certificate of the server');
  const ca = readCa('--tls-ca', tlsCa);
  const verify: VerifyOptions = ips.length > 0 ? { checkServerIdentity: (_, cert) => checkAddresses(ips, cert) } : {};
  if (!tlsCert && !tlsKey) return credentials.createSsl(ca, null, null, verify);
  if (!tlsCert || !tlsKey) throw new OperatorError('a client certificate needs both --tls-cert and --tls-key');
  const pair = readPair(tlsCert, tlsKey);
  return credentials.createSsl(ca, pair.key, pair.cert, verify);
}

/** As Node's `checkServerIdentity`, which in 22.23 takes an IPv6 address for a host name. */
function checkAddresses(ips: readonly string[], { raw, subjectaltname }: PeerCertificate): Error | undefined {
  const certificate = new X509Certificate(raw);
  if (ips.some((ip) => certificate.checkIP(ip))) return undefined;
  return new Error(
    `Hostname/IP does not match certificate's altnames: IP: ${ips.join(', ')} is not in the cert's list: ${subjectaltname ?? ''}`,
  );
}
