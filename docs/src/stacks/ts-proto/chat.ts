import { credentials } from '@grpc/grpc-js';
import { bidiCall, bidiStreaming, STREAMING } from 'grpc-streams';
import { ChatClient, type ChatServer, ChatService } from './gen/chat.ts';

export const service = ChatService;

export const handlers: ChatServer = {
  chat: bidiStreaming(async function* (messages) {
    for await (const { name, message } of messages) yield `${name}: ${message}`;
  }),
};

/** Says each text as Ann, and gives the answers. */
export async function say(port: number, texts: readonly string[]): Promise<string[]> {
  const client = new ChatClient(`127.0.0.1:${port}`, credentials.createInsecure(), STREAMING);
  try {
    const call = bidiCall(client.chat());
    const sent = call.sendAll(texts.map((message) => ({ name: 'Ann', message })));
    const answers: string[] = [];
    for await (const answer of call.responses) answers.push(answer ?? '');
    await sent;
    return answers;
  } finally {
    client.close();
  }
}
