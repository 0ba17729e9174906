import { type ChatClient, ChatMessage, type IChatServer, StringValue } from 'chat-proto';
import { bidiStreaming, callsOf } from 'grpc-streams';
import type { Answer, Hear } from './talk.ts';

/** Answers each message as it comes. */
export const handlers = (answer: Answer): IChatServer => ({
  chat: bidiStreaming(async function* (messages) {
    for await (const message of messages) yield new StringValue().setValue(answer(message.getMessage()));
  }),
});

/** Sends the texts, and reads until it has heard enough. */
export async function talk(client: ChatClient, texts: readonly string[], hear: Hear): Promise<void> {
  const call = callsOf(client).chat();
  const sent = call.sendAll(texts.map((text) => new ChatMessage().setName('Ann').setMessage(text)));
  for await (const reply of call.responses) {
    if (!(await hear(reply.getValue()))) break;
  }
  await sent;
}
