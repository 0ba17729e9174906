import { ChatMessage, ChatService, StringValue } from 'chat-proto';
import { type Channel, createClient, type ServiceImplementation } from 'nice-grpc';
import type { Answer, Hear } from './talk.ts';

/** Answers each message as it comes. */
export const handlers = (answer: Answer): ServiceImplementation<typeof ChatService> => ({
  async *chat(messages) {
    for await (const message of messages) yield new StringValue().setValue(answer(message.getMessage()));
  },
});

/** Sends the texts, and reads until it has heard enough. */
export async function talk(channel: Channel, texts: readonly string[], hear: Hear): Promise<void> {
  async function* messages() {
    for (const text of texts) yield new ChatMessage().setName('Ann').setMessage(text);
  }
  for await (const reply of createClient(ChatService, channel).chat(messages())) {
    if (!(await hear(reply.getValue()))) break;
  }
}
