import type { TLSSocket } from 'node:tls';
import type { Server } from '@grpc/grpc-js';
import { http2ServersOf } from './server/grpc-js-internals.ts';

/**
 * Tells of clients that did not get through the TLS handshake: plain text, no certificate, a CA that one side does not
 * know. grpc-js drops them without a word.
 */
export function reportTlsErrors(server: Server, report: (message: string, peer: string) => void): void {
  for (const http2Server of http2ServersOf(server)) {
    http2Server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: TLSSocket) => {
      // What Node found wrong with the certificate of the client; the error then says ECONNRESET alone.
      const text = `${socket.authorizationError ?? ''} ${error.code} ${error.message}`;
      const peer = socket.remoteAddress ? `${socket.remoteAddress}:${socket.remotePort}` : 'unknown';
      report(inWords(text, AT_THE_SERVER) ?? `the handshake failed: ${reasonOf(error)}`, peer);
    });
  }
}

/** What a client can say of a connection that did not get through the TLS handshake; undefined for other errors. */
export function tlsErrorOfClient(error: string): string | undefined {
  return inWords(error, AT_THE_CLIENT);
}

/** What OpenSSL and Node call them, and what it means. */
type Meanings = readonly (readonly [pattern: RegExp, meaning: string])[];

const AT_THE_SERVER: Meanings = [
  [/WRONG_VERSION_NUMBER|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG/, 'the client does not use TLS'],
  [/PEER_DID_NOT_RETURN_A_CERTIFICATE/, 'the client sent no certificate'],
  [/CERTIFICATE_EXPIRED/, 'the client says that the certificate of this server has expired'],
  [/UNKNOWN_CA/, 'the client does not trust the CA of this server'],
  // So says Go's, whatever it has against the certificate.
  [
    /BAD_CERTIFICATE|alert bad certificate/i,
    'the client rejects the certificate of this server: it does not trust its CA, or calls the server by another name',
  ],
  [/CERT_HAS_EXPIRED/, 'the certificate of the client has expired'],
  [
    /UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|SELF_SIGNED|CERTIFICATE_VERIFY_FAILED/,
    'the certificate of the client was not signed by the CA of --tls-client-ca',
  ],
  [/ECONNRESET/, 'the client hung up during the handshake; it may not trust the certificate of this server'],
];

const AT_THE_CLIENT: Meanings = [
  [/wrong version number|packet length too long/i, 'the server does not use TLS; leave out --tls-ca'],
  [
    /unable to verify|unable to get (local )?issuer|self.signed/i,
    'the certificate of the server was not signed by the CA of --tls-ca',
  ],
  [/altnames/, 'the certificate of the server is for other names; `pnpm certs --name` makes one with more names'],
  [/certificate has expired/, 'the certificate of the server has expired'],
  [/certificate required|handshake failure/, 'the server requires a client certificate: --tls-cert and --tls-key'],
  // All that grpc-js knows when the server hangs up without a word.
  [
    /Failed to connect|ECONNRESET|EPIPE|socket disconnected|Socket closed|Connection closed/,
    'the server hung up; it may require TLS (--tls-ca) or a certificate of another CA (--tls-cert), or be full',
  ],
];

/** The reason in a line of OpenSSL: `…:SSL routines:<function>:<reason>:<file>…` */
function reasonOf({ message }: Error): string {
  return message.match(/:SSL routines:[^:]*:([^:]+):/)?.[1] ?? message.trim();
}

function inWords(text: string, meanings: Meanings): string | undefined {
  return meanings.find(([pattern]) => pattern.test(text))?.[1];
}
