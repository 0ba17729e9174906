// The server under test, started by the suite: `server.mjs ours|grpc-js|nice-grpc|connect-node`. It is told on stdin what to be.
import { ServerCredentials } from '@grpc/grpc-js';
import { startServer } from 'grpc-program/server';
import { startConnectServer } from './connect-node.ts';
import { handlers } from './handlers.ts';
import { conformanceService, readDelimited, writeDelimited } from './messages.ts';
import { startNiceServer } from './nice-grpc.ts';
import { startPlainServer } from './plain-server.ts';

interface ServerRequest {
  readonly use_tls: boolean;
  readonly client_tls_cert: Uint8Array;
  readonly message_receive_limit: number;
  readonly server_creds?: { readonly cert: Uint8Array; readonly key: Uint8Array };
}

const MIB = 2 ** 20;

const { value: request } = await readDelimited<ServerRequest>(process.stdin, 'ServerCompatRequest').next();
if (!request) throw new Error('the suite has said nothing');
const { server_creds: pair, message_receive_limit: receiveLimit } = request as ServerRequest;

function credentials({ use_tls, client_tls_cert }: ServerRequest): ServerCredentials {
  if (!use_tls || !pair) return ServerCredentials.createInsecure();
  const clientCa = client_tls_cert.length > 0 ? Buffer.from(client_tls_cert) : null;
  const keys = { cert_chain: Buffer.from(pair.cert), private_key: Buffer.from(pair.key) };
  return ServerCredentials.createSsl(clientCa, [keys], clientCa !== null);
}

async function startOurs() {
  return startServer([[conformanceService, handlers]], {
    host: '127.0.0.1',
    credentials: credentials(request as ServerRequest),
    graceMs: 500,
    ...(receiveLimit > 0 && { maxReceiveMib: receiveLimit / MIB }),
  });
}

function start(library: string | undefined) {
  switch (library) {
    case 'ours':
      return startOurs();
    case 'nice-grpc':
      return startNiceServer(credentials(request as ServerRequest), receiveLimit);
    case 'connect-node':
      return startConnectServer({ pair, clientCa: (request as ServerRequest).client_tls_cert }, receiveLimit);
    default:
      return startPlainServer(credentials(request as ServerRequest), receiveLimit);
  }
}

const { port, stop } = await start(process.argv[2]);
writeDelimited('ServerCompatResponse', { host: '127.0.0.1', port, ...(pair && { pem_cert: pair.cert }) });
process.once('SIGTERM', () => void stop());
