import { once } from 'node:events';
import { type ClientHttp2Stream, connect, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2';
import { stopLater } from '@grpc-by-example/testing';
import type { Ask } from './test-client.ts';

/** A request as it goes over the wire. */
export function frameOf(message: Ask | Buffer, flag = 0): Buffer {
  const bytes = Buffer.isBuffer(message) ? message : Buffer.from(JSON.stringify(message));
  const head = Buffer.alloc(5);
  head.writeUInt8(flag);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

type Path = 'Say' | 'Collect' | 'List' | 'Talk';

const headersOf = (path: Path): OutgoingHttpHeaders => ({
  ':method': 'POST',
  ':path': `/test.Test/${path}`,
  'content-type': 'application/grpc',
  te: 'trailers',
});

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
      path: Path,
      message: Ask,
      { timeout, halfCloses = true }: { timeout?: string; halfCloses?: boolean } = {},
    ): ClientHttp2Stream {
      const stream = session.request({ ...headersOf(path), ...(timeout && { 'grpc-timeout': timeout }) });
      if (halfCloses) stream.end(frameOf(message));
      else stream.write(frameOf(message));
      return stream;
    },
    /** Begins a call, and sends nothing yet. */
    open: (path: Path, headers: OutgoingHttpHeaders = {}): ClientHttp2Stream =>
      session.request({ ...headersOf(path), ...headers }).on('error', () => {}),
    /** Sends these bytes and half-closes; gives the headers and trailers of the response, in one. */
    async ask(path: Path, body: Buffer, headers: OutgoingHttpHeaders = {}): Promise<IncomingHttpHeaders> {
      const stream = session.request({ ...headersOf(path), ...headers });
      const received: IncomingHttpHeaders = {};
      stream.on('response', (headers) => Object.assign(received, headers));
      stream.on('trailers', (trailers) => Object.assign(received, trailers));
      stream.resume().end(body);
      await once(stream, 'close');
      return received;
    },
  };
}
