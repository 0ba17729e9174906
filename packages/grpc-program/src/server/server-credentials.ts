import { ServerCredentials } from '@grpc/grpc-js';
import { OperatorError } from '../operator-error.ts';
import { readCa, readPair } from '../pem-files.ts';

export interface ServerTlsOptions {
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
  readonly tlsClientCa?: string | undefined;
}

/**
 * Plain text without files; TLS with a certificate and its key; mutual TLS with a CA for client certificates too.
 *
 * @throws OperatorError when an option or its file is missing, unreadable, or no match for the others
 */
export function serverCredentials({ tlsCert, tlsKey, tlsClientCa }: ServerTlsOptions): ServerCredentials {
  if (!tlsCert && !tlsKey && !tlsClientCa) return ServerCredentials.createInsecure();
  if (!tlsCert || !tlsKey) throw new OperatorError('TLS needs both --tls-cert and --tls-key');
  const pair = readPair(tlsCert, tlsKey);
  const clientCa = tlsClientCa ? readCa('--tls-client-ca', tlsClientCa) : null;
  return ServerCredentials.createSsl(clientCa, [{ cert_chain: pair.cert, private_key: pair.key }], clientCa !== null);
}
