import type { Http2SecureServer } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { Server } from '@grpc/grpc-js';

/**
 * Tells of clients that did not get through the TLS handshake: plain text, no certificate, a CA that one side does not
 * know. grpc-js drops them without a word, and has no public way to hear of it; where its private field is gone one
 * day, nothing is told.
 */
export function reportTlsErrors(server: Server, report: (message: string, peer: string) => void): void {
  const http2Servers: unknown = Reflect.get(server, 'http2Servers');
  if (!(http2Servers instanceof Map)) return;
  for (const http2Server of http2Servers.keys() as Iterable<Http2SecureServer>) {
    http2Server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: TLSSocket) => {
      report(inWords(error), `${socket.remoteAddress}:${socket.remotePort}`);
    });
  }
}

/** What OpenSSL calls them, and what it means. */
const MEANINGS: readonly (readonly [pattern: RegExp, meaning: string])[] = [
  [
    /WRONG_VERSION_NUMBER|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG|wrong version number|packet length/i,
    'the client does not speak TLS',
  ],
  [/PEER_DID_NOT_RETURN_A_CERTIFICATE/, 'the client showed no certificate'],
  [/CERTIFICATE_EXPIRED/, 'the client says that the certificate of this server has expired'],
  [/UNKNOWN_CA/, 'the client does not know the CA of this server'],
  [/CERT_HAS_EXPIRED/, 'the certificate of the client has expired'],
  [
    /UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|SELF_SIGNED|CERTIFICATE_VERIFY_FAILED/,
    'the certificate of the client is not from the CA of --tls-client-ca',
  ],
  [/ECONNRESET/, 'the client left during the handshake'],
];

function inWords(error: NodeJS.ErrnoException): string {
  const text = `${error.code} ${error.message}`;
  return MEANINGS.find(([pattern]) => pattern.test(text))?.[1] ?? error.message;
}
