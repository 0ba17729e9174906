import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { createFileRegistry, create as createMessage, fromBinary, type Message as Protobuf } from '@bufbuild/protobuf';
import type { GenMessage, GenService } from '@bufbuild/protobuf/codegenv2';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { createClient } from '@connectrpc/connect';
import { connectNodeAdapter, createGrpcTransport } from '@connectrpc/connect-node';
import { descriptorSet } from 'chat-proto';
import { type Message, nameOf, numberOf, ordered, Tally } from '../messages.ts';
import type { Stack } from '../stack.ts';
import { asyncly, playByIterables } from './nice-grpc.ts';

type ChatMessage = Protobuf<'ChatMessage'> & { name: string; message: string };
type ChatMessageInit = { readonly name: string; readonly message: string };
type Method<Kind extends string> = {
  methodKind: Kind;
  input: GenMessage<ChatMessage>;
  output: GenMessage<ChatMessage>;
};

const chatFiles = fromBinary(FileDescriptorSetSchema, descriptorSet);
const chatFile = chatFiles.file.find(({ messageType }) => messageType.some(({ name }) => name === 'ChatMessage'));
const inputType = '.ChatMessage';
const outputType = inputType;

/** What a generator would write to a file. */
const benchService = createFileRegistry(
  createMessage(FileDescriptorProtoSchema, {
    name: 'bench.proto',
    package: 'bench',
    syntax: 'proto3',
    dependency: [chatFile?.name ?? ''],
    service: [
      {
        name: 'Bench',
        method: [
          { name: 'Bidi', inputType, outputType, clientStreaming: true, serverStreaming: true },
          { name: 'ServerStreaming', inputType, outputType, serverStreaming: true },
          { name: 'ClientStreaming', inputType, outputType, clientStreaming: true },
          { name: 'Unary', inputType, outputType },
        ],
      },
    ],
  }),
  (name) => chatFiles.file.find((file) => file.name === name),
).getService('bench.Bench') as unknown as GenService<{
  bidi: Method<'bidi_streaming'>;
  serverStreaming: Method<'server_streaming'>;
  clientStreaming: Method<'client_streaming'>;
  unary: Method<'unary'>;
}>;

const toChat = (message: Message): ChatMessageInit => ({ name: nameOf(message), message: message.text });
const fromChat = ({ name, message }: ChatMessageInit): Message => ({ number: numberOf(name), text: message });

export const connectNode: Stack = {
  async listen() {
    const handler = connectNodeAdapter({
      routes: (router) =>
        router.service(benchService, {
          async *bidi(messages) {
            for await (const message of messages) yield message;
          },
          async *serverStreaming(order) {
            for (const message of ordered(fromChat(order))) yield toChat(message);
          },
          async clientStreaming(messages) {
            const tally = new Tally();
            for await (const message of messages) tally.add(fromChat(message));
            return toChat(tally.toMessage());
          },
          unary: (message) => message,
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
        for await (const response of client.bidi(toChats(asyncly(messages)))) responses.add(fromChat(response));
      },
      async serverStreaming(order, responses) {
        for await (const response of client.serverStreaming(toChat(order))) responses.add(fromChat(response));
      },
      async clientStreaming(messages) {
        return fromChat(await client.clientStreaming(toChats(asyncly(messages))));
      },
      async unary(message) {
        return fromChat(await client.unary(toChat(message)));
      },
      pingPong: (exchange) => playByIterables(exchange, (messages) => fromChats(client.bidi(toChats(messages)))),
    };
  },
};

async function* toChats(messages: AsyncIterable<Message>): AsyncGenerator<ChatMessageInit> {
  for await (const message of messages) yield toChat(message);
}

async function* fromChats(messages: AsyncIterable<ChatMessage>): AsyncGenerator<Message> {
  for await (const message of messages) yield fromChat(message);
}
