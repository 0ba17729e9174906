// What an editor and tsc see of the package.
import type { ChannelCredentials } from '@grpc/grpc-js';
import { ChatClient, ChatMessage, type IChatServer, StringValue } from 'chat-proto';
import { bidiCall, bidiStreaming, callsOf, STREAMING } from 'grpc-streams';

export const chat: IChatServer = {
  chat: bidiStreaming(async function* (messages) {
    for await (const message of messages) yield new StringValue().setValue(message.getName());
  }),
};

export async function talk(address: string, credentials: ChannelCredentials): Promise<string[]> {
  const call = bidiCall(new ChatClient(address, credentials, STREAMING).chat());
  await call.send(new ChatMessage().setName('Ann'));
  // @ts-expect-error a StringValue is no ChatMessage
  await call.send(new StringValue());
  call.halfClose();
  const values: string[] = [];
  for await (const response of call.responses) values.push(response.getValue());
  // @ts-expect-error the responses are no ChatMessages
  for await (const response of call.responses) values.push(response.getName());
  return values;
}

export async function talkAgain(client: ChatClient): Promise<string[]> {
  const call = callsOf(client).chat({ deadline: Date.now() + 1_000 });
  await call.sendAll([new ChatMessage().setName('Ann')]);
  // @ts-expect-error a StringValue is no ChatMessage
  await call.send(new StringValue());
  const values: string[] = [];
  for await (const response of call.responses) values.push(response.getValue());
  return values;
}
