import { once } from 'node:events';
import { type ClientHttp2Stream, connect, createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { type Message, ordered, Tally } from '../messages.ts';
import type { Stack } from '../stack.ts';
import { frame, frameReader, writeFrames } from './frames.ts';

type Handler = (stream: ServerHttp2Stream) => void;

const handlers: Record<string, Handler> = {
  '/bench.Bench/Bidi': (stream) => {
    const echo = (message: Message) => {
      if (!stream.write(frame(message))) stream.pause();
    };
    stream.on('data', frameReader(echo));
    stream.on('drain', () => stream.resume());
    stream.on('end', () => stream.end());
  },
  '/bench.Bench/ServerStreaming': (stream) => {
    stream.on(
      'data',
      frameReader((order) => void writeFrames(ordered(order), stream)),
    );
  },
  '/bench.Bench/ClientStreaming': (stream) => {
    const tally = new Tally();
    stream.on(
      'data',
      frameReader((message) => tally.add(message)),
    );
    stream.on('end', () => stream.end(frame(tally.toMessage())));
  },
  '/bench.Bench/Unary': (stream) => {
    stream.on(
      'data',
      frameReader((message) => stream.end(frame(message))),
    );
  },
};

/** No gRPC library at all, its frames alone: what any library on node:http2 could reach with a write per message. */
export const nodeHttp2: Stack = {
  async listen() {
    const server = createServer();
    server.on('stream', (stream, headers) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      handlers[String(headers[':path'])]?.(stream);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  },

  connect(port) {
    const session = connect(`http://127.0.0.1:${port}`);
    const start = (path: string, onMessage: (message: Message) => void) => {
      const stream = session.request({ ':method': 'POST', ':path': path, te: 'trailers' });
      stream.on('data', frameReader(onMessage));
      return { stream, ended: endOf(stream) };
    };
    const responseTo = async (path: string, send: (stream: ClientHttp2Stream) => Promise<void>) => {
      let response: Message | undefined;
      const { stream, ended } = start(path, (message) => {
        response = message;
      });
      await Promise.all([send(stream), ended]);
      if (!response) throw new Error('there is no response');
      return response;
    };
    return {
      async bidi(messages, responses) {
        const { stream, ended } = start('/bench.Bench/Bidi', (response) => responses.add(response));
        await Promise.all([writeFrames(messages, stream), ended]);
      },
      async serverStreaming(order, responses) {
        const { stream, ended } = start('/bench.Bench/ServerStreaming', (response) => responses.add(response));
        stream.end(frame(order));
        await ended;
      },
      clientStreaming: (messages) =>
        responseTo('/bench.Bench/ClientStreaming', (stream) => writeFrames(messages, stream)),
      unary: (message) => responseTo('/bench.Bench/Unary', async (stream) => void stream.end(frame(message))),
      async pingPong(exchange) {
        const { stream, ended } = start('/bench.Bench/Bidi', (response) => {
          exchange.return(response);
          serve();
        });
        const serve = () => {
          const message = exchange.serve();
          if (message) stream.write(frame(message));
          else stream.end();
        };
        serve();
        await ended;
      },
    };
  },
};

async function endOf(stream: ClientHttp2Stream): Promise<void> {
  let status: unknown;
  stream.once('trailers', (trailers) => {
    status = trailers['grpc-status'];
  });
  await once(stream, 'end');
  if (status !== '0') throw new Error(`the stream ended with the status ${status}`);
}
