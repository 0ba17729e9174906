import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { createFileRegistry, create as createMessage } from '@bufbuild/protobuf';
import type { GenService } from '@bufbuild/protobuf/codegenv2';
import {
  type BytesValue,
  type BytesValueSchema,
  FileDescriptorProtoSchema,
  file_google_protobuf_wrappers,
} from '@bufbuild/protobuf/wkt';
import { createClient } from '@connectrpc/connect';
import { connectNodeAdapter, createGrpcTransport } from '@connectrpc/connect-node';
import { ordered, Tally } from '../messages.ts';
import type { Stack } from '../stack.ts';
import { asyncly, playByIterables } from './nice-grpc.ts';

type Method<Kind extends string> = {
  methodKind: Kind;
  input: typeof BytesValueSchema;
  output: typeof BytesValueSchema;
};

const inputType = '.google.protobuf.BytesValue';
const outputType = inputType;

/** What a generator would write to a file: connect-node knows no serialiser but protobuf-es, so bytes are wrapped. */
const benchService = createFileRegistry(
  createMessage(FileDescriptorProtoSchema, {
    name: 'bench.proto',
    package: 'bench',
    syntax: 'proto3',
    dependency: [file_google_protobuf_wrappers.proto.name],
    service: [
      {
        name: 'Bench',
        method: [
          { name: 'Bidi', inputType, outputType, clientStreaming: true, serverStreaming: true },
          { name: 'ServerStreaming', inputType, outputType, serverStreaming: true },
          { name: 'ClientStreaming', inputType, outputType, clientStreaming: true },
        ],
      },
    ],
  }),
  () => file_google_protobuf_wrappers,
).getService('bench.Bench') as unknown as GenService<{
  bidi: Method<'bidi_streaming'>;
  serverStreaming: Method<'server_streaming'>;
  clientStreaming: Method<'client_streaming'>;
}>;

export const connectNode: Stack = {
  async listen() {
    const handler = connectNodeAdapter({
      routes: (router) =>
        router.service(benchService, {
          async *bidi(messages) {
            for await (const message of messages) yield message;
          },
          async *serverStreaming(order) {
            for (const value of ordered(order.value)) yield { value };
          },
          async clientStreaming(messages) {
            const tally = new Tally();
            for await (const message of messages) tally.add(message.value);
            return { value: tally.toBytes() };
          },
        }),
    });
    const server = createServer(handler).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  },

  connect(port) {
    const client = createClient(benchService, createGrpcTransport({ baseUrl: `http://127.0.0.1:${port}` }));
    return {
      async bidi(messages, responses) {
        for await (const { value } of client.bidi(wrapped(asyncly(messages)))) responses.add(value);
      },
      async serverStreaming(order, responses) {
        for await (const { value } of client.serverStreaming({ value: order })) responses.add(value);
      },
      async clientStreaming(messages) {
        return (await client.clientStreaming(wrapped(asyncly(messages)))).value;
      },
      pingPong: (exchange) => playByIterables(exchange, (messages) => unwrapped(client.bidi(wrapped(messages)))),
    };
  },
};

async function* wrapped(messages: AsyncIterable<Buffer>): AsyncGenerator<{ value: Uint8Array<ArrayBuffer> }> {
  for await (const value of messages) yield { value: value as Uint8Array<ArrayBuffer> };
}

async function* unwrapped(messages: AsyncIterable<BytesValue>): AsyncGenerator<Uint8Array> {
  for await (const { value } of messages) yield value;
}
