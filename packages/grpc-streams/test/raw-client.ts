import { type ClientHttp2Stream, connect } from 'node:http2';
import { stopLater } from 'testing';
import type { Ask } from './test-client.ts';

/** A request as it goes over the wire. */
function frameOf(message: Ask): Buffer {
  const bytes = Buffer.from(JSON.stringify(message));
  const head = Buffer.alloc(5);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

/**
 * A client that does what no gRPC library would.
 *
 * @param window how many bytes of a response it takes before it reads
 */
export function connectRaw(address: string, window = 0) {
  const session = connect(`http://${address}`, { settings: { initialWindowSize: window } });
  session.on('error', () => {}); // the server may be stopped first
  stopLater(() => session.destroy());
  return {
    /** Sends one request, and reads nothing of the response. */
    call(
      path: 'Say' | 'Collect' | 'List' | 'Talk',
      message: Ask,
      { timeout, halfCloses = true }: { timeout?: string; halfCloses?: boolean } = {},
    ): ClientHttp2Stream {
      const stream = session.request({
        ':method': 'POST',
        ':path': `/test.Test/${path}`,
        'content-type': 'application/grpc',
        te: 'trailers',
        ...(timeout && { 'grpc-timeout': timeout }),
      });
      if (halfCloses) stream.end(frameOf(message));
      else stream.write(frameOf(message));
      return stream;
    },
  };
}
