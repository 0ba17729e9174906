import { once } from 'node:events';
import type { Writable } from 'node:stream';
import {
  type ChannelOptions,
  Client,
  credentials,
  type requestCallback,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { type Message, ordered, Tally } from '../messages.ts';
import type { Stack } from '../stack.ts';
import { benchService } from './bench-service.ts';
import { listenWithGrpcJs } from './listen.ts';

/** Plain events, as in the documentation of grpc-js. */
export const grpcJsDefault: Stack = { listen, connect: (port) => connect(port, {}) };

/** The same with the option that makes `write` wait for the transport; see STREAMING of grpc-streams. */
export const grpcJsTuned: Stack = {
  listen,
  connect: (port) => connect(port, { 'grpc.per_rpc_retry_buffer_size': 65_536 }),
};

function listen(): Promise<number> {
  return listenWithGrpcJs({
    bidi(call: ServerDuplexStream<Message, Message>) {
      call.on('data', (message) => {
        if (!call.write(message)) call.pause();
      });
      call.on('drain', () => call.resume());
      call.on('end', () => call.end());
    },
    async serverStreaming(call: ServerWritableStream<Message, Message>) {
      await writeAll(ordered(call.request), call);
    },
    clientStreaming(call: ServerReadableStream<Message, Message>, callback: sendUnaryData<Message>) {
      const tally = new Tally();
      call.on('data', (message) => tally.add(message));
      call.on('end', () => callback(null, tally.toMessage()));
    },
    unary(call: ServerUnaryCall<Message, Message>, callback: sendUnaryData<Message>) {
      callback(null, call.request);
    },
  });
}

function connect(port: number, options: ChannelOptions): ReturnType<Stack['connect']> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), options);
  const { bidi, serverStreaming, clientStreaming, unary } = benchService;
  const startBidi = () => client.makeBidiStreamRequest(bidi.path, bidi.requestSerialize, bidi.responseDeserialize);
  return {
    async bidi(messages, responses) {
      const call = startBidi();
      call.on('data', (response) => responses.add(response));
      const ended = once(call, 'end');
      await Promise.all([writeAll(messages, call), ended]);
    },
    async serverStreaming(order, responses) {
      const { path, requestSerialize, responseDeserialize } = serverStreaming;
      const call = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, order);
      call.on('data', (response) => responses.add(response));
      await once(call, 'end');
    },
    clientStreaming(messages) {
      return new Promise((resolve, reject) => {
        const { path, requestSerialize, responseDeserialize } = clientStreaming;
        const settle: requestCallback<Message> = (error, response) => (response ? resolve(response) : reject(error));
        const call = client.makeClientStreamRequest(path, requestSerialize, responseDeserialize, settle);
        writeAll(messages, call).catch(reject);
      });
    },
    unary(message) {
      return new Promise((resolve, reject) => {
        const { path, requestSerialize, responseDeserialize } = unary;
        client.makeUnaryRequest(path, requestSerialize, responseDeserialize, message, (error, response) =>
          response ? resolve(response) : reject(error),
        );
      });
    },
    async pingPong(exchange) {
      const call = startBidi();
      const serve = () => {
        const message = exchange.serve();
        if (message) call.write(message);
        else call.end();
      };
      call.on('data', (response) => {
        exchange.return(response);
        serve();
      });
      serve();
      await once(call, 'end');
    },
  };
}

/** Writes while the stream takes messages, and goes on at 'drain': faster than a promise for each message. */
function writeAll(messages: Iterable<Message>, call: Writable): Promise<void> {
  const iterator = messages[Symbol.iterator]();
  return new Promise((resolve) => {
    const write = () => {
      for (let next = iterator.next(); ; next = iterator.next()) {
        if (next.done) {
          call.end();
          return resolve();
        }
        if (!call.write(next.value)) return call.once('drain', write);
      }
    };
    write();
  });
}
