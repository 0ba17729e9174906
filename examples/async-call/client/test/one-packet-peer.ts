import { once } from 'node:events';
import { createServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { Response } from '../../proto/test/contract.mts';
import { serialize } from './phone-peer.ts';

/** Starts a server of plain HTTP/2 that answers a call with these responses in one frame, and OK. */
export async function listenInOnePacket(...responses: Response[]): Promise<{ address: string; stop(): void }> {
  const server = createServer();
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.resume().once('end', () => stream.end(Buffer.concat(responses.map(framed))));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      for (const session of sessions) session.destroy();
      server.close();
    },
  };
}

/** A message as gRPC puts it on the wire: not compressed, its length, its bytes. */
function framed(response: Response): Buffer {
  const message = serialize(response);
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}
