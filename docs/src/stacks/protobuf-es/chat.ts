import { create } from '@bufbuild/protobuf';
import { type StringValue, StringValueSchema } from '@bufbuild/protobuf/wkt';
import { Client, credentials } from '@grpc/grpc-js';
import { bidiCall, bidiStreaming, STREAMING } from 'grpc-streams';
import { Chat, type ChatMessage, ChatMessageSchema } from './gen/chat_pb.ts';
import { methodDefinition } from './method-definition.ts';

export const service = { chat: methodDefinition(Chat.method.chat) };

export const handlers = {
  chat: bidiStreaming<ChatMessage, StringValue>(async function* (messages) {
    for await (const { name, message } of messages) yield create(StringValueSchema, { value: `${name}: ${message}` });
  }),
};

/** Says each text as Ann, and gives the answers. */
export async function say(port: number, texts: readonly string[]): Promise<string[]> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), STREAMING);
  try {
    const { path, requestSerialize, responseDeserialize } = service.chat;
    const call = bidiCall(client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize));
    const sent = call.sendAll(texts.map((message) => create(ChatMessageSchema, { name: 'Ann', message })));
    const answers: string[] = [];
    for await (const { value } of call.responses) answers.push(value);
    await sent;
    return answers;
  } finally {
    client.close();
  }
}
