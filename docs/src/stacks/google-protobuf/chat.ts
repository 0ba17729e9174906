import { credentials } from '@grpc/grpc-js';
import { ChatClient, ChatMessage, ChatService, type IChatServer, StringValue } from 'chat-proto';
import { bidiCall, bidiStreaming, STREAMING } from 'grpc-streams';

export const service = ChatService;

export const handlers: IChatServer = {
  chat: bidiStreaming(async function* (messages) {
    for await (const message of messages) {
      yield new StringValue().setValue(`${message.getName()}: ${message.getMessage()}`);
    }
  }),
};

/** Says each text as Ann, and gives the answers. */
export async function say(port: number, texts: readonly string[]): Promise<string[]> {
  const client = new ChatClient(`127.0.0.1:${port}`, credentials.createInsecure(), STREAMING);
  try {
    const call = bidiCall(client.chat());
    const sent = call.sendAll(texts.map((text) => new ChatMessage().setName('Ann').setMessage(text)));
    const answers: string[] = [];
    for await (const answer of call.responses) answers.push(answer.getValue());
    await sent;
    return answers;
  } finally {
    client.close();
  }
}
