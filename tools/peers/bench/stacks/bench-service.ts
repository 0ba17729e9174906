import { ChatMessage, ChatService } from 'chat-proto';
import { type Message, nameOf, numberOf } from '../messages.ts';

const { requestSerialize, requestDeserialize } = ChatService.chat;

/** By the generated code of the chat example. */
export function serialize(message: Message): Buffer {
  return requestSerialize(new ChatMessage().setName(nameOf(message)).setMessage(message.text));
}

export function deserialize(bytes: Buffer): Message {
  const message = requestDeserialize(bytes);
  return { number: numberOf(message.getName()), text: message.getMessage() };
}

const codec = {
  requestSerialize: serialize,
  requestDeserialize: deserialize,
  responseSerialize: serialize,
  responseDeserialize: deserialize,
};

/** One method of each kind, for the stacks that build on grpc-js. */
export const benchService = {
  bidi: { path: '/bench.Bench/Bidi', requestStream: true, responseStream: true, ...codec },
  serverStreaming: { path: '/bench.Bench/ServerStreaming', requestStream: false, responseStream: true, ...codec },
  clientStreaming: { path: '/bench.Bench/ClientStreaming', requestStream: true, responseStream: false, ...codec },
  unary: { path: '/bench.Bench/Unary', requestStream: false, responseStream: false, ...codec },
} as const;
