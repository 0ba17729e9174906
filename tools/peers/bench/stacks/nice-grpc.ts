import type { ChannelOptions } from '@grpc/grpc-js';
import { createChannel, createClient, createServer } from 'nice-grpc';
import { type Exchange, type Message, ordered, Tally } from '../messages.ts';
import type { Stack } from '../stack.ts';
import { benchService } from './bench-service.ts';

export const niceGrpcDefault: Stack = { listen, connect: (port) => connect(port, {}) };

/** With the option that helps every client on top of grpc-js. */
export const niceGrpcTuned: Stack = {
  listen,
  connect: (port) => connect(port, { 'grpc.per_rpc_retry_buffer_size': 65_536 }),
};

function listen(): Promise<number> {
  const server = createServer();
  server.add(benchService, {
    async *bidi(messages) {
      for await (const message of messages) yield message;
    },
    async *serverStreaming(order) {
      for (const message of ordered(order)) yield message;
    },
    async clientStreaming(messages) {
      const tally = new Tally();
      for await (const message of messages) tally.add(message);
      return tally.toMessage();
    },
    async unary(message) {
      return message;
    },
  });
  return server.listen('127.0.0.1:0');
}

function connect(port: number, options: ChannelOptions): ReturnType<Stack['connect']> {
  const client = createClient(benchService, createChannel(`127.0.0.1:${port}`, undefined, options));
  return {
    async bidi(messages, responses) {
      for await (const response of client.bidi(asyncly(messages))) responses.add(response);
    },
    async serverStreaming(order, responses) {
      for await (const response of client.serverStreaming(order)) responses.add(response);
    },
    clientStreaming: (messages) => client.clientStreaming(asyncly(messages)),
    unary: (message) => client.unary(message),
    pingPong: (exchange) => playByIterables(exchange, (messages) => client.bidi(messages)),
  };
}

/** nice-grpc and connect-node take their messages from an async iterable only. */
export async function* asyncly<Message>(messages: Iterable<Message>): AsyncGenerator<Message> {
  for (const message of messages) yield message;
}

/** Ping-pong by a method whose requests are one iterable and whose responses are another. */
export async function playByIterables(
  exchange: Exchange,
  call: (messages: AsyncIterable<Message>) => AsyncIterable<Message>,
): Promise<void> {
  let replied = () => {};
  async function* messages() {
    for (let message = exchange.serve(); message; message = exchange.serve()) {
      const response = new Promise<void>((resolve) => {
        replied = resolve;
      });
      yield message;
      await response;
    }
  }
  for await (const response of call(messages())) {
    exchange.return(response);
    replied();
  }
}
