import { once } from 'node:events';
import { createServer, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { ChannelOptions } from '@grpc/grpc-js';
import { stopLater } from '@grpc-by-example/testing';
import { type Answer, connect, type TestClient } from './test-client.ts';

/** A response as it goes over the wire. */
export function frameOf(message: Answer, { gzip = false, flag }: { gzip?: boolean; flag?: boolean } = {}): Buffer {
  const bytes = Buffer.from(JSON.stringify(message));
  const body = gzip ? gzipSync(bytes) : bytes;
  const head = Buffer.alloc(5);
  head.writeUInt8((flag ?? gzip) ? 1 : 0);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

/** What a raw server sends. */
export interface RawAnswer {
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: readonly Buffer[];
  readonly trailers?: OutgoingHttpHeaders;
}

/** Sends an answer at once, whatever the request. */
export function send(stream: ServerHttp2Stream, { headers, body = [], trailers }: RawAnswer): void {
  stream.respond(
    { ':status': 200, 'content-type': 'application/grpc', ...headers },
    { waitForTrailers: trailers !== undefined, endStream: body.length === 0 && !trailers },
  );
  stream.on('wantTrailers', () => stream.sendTrailers(trailers ?? {}));
  stream.end(Buffer.concat(body));
}

/**
 * Starts a server that does what no gRPC library would, and connects a client to it.
 *
 * @param answer what it does with each call
 */
export async function serveRaw(
  answer: (stream: ServerHttp2Stream) => void,
  options: ChannelOptions = {},
): Promise<TestClient> {
  const server = createServer();
  server.on('stream', (stream) => {
    stream.on('error', () => {}).resume();
    answer(stream);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const client = connect(`127.0.0.1:${(server.address() as AddressInfo).port}`, options);
  stopLater(() => {
    client.close();
    server.close();
  });
  return client;
}
