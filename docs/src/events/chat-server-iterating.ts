import { type ChatMessage, type IChatServer, StringValue } from 'chat-proto';
import { bidiStreaming } from 'grpc-streams';

/** The same by async iterators. */
export function chatByIterators(answer: (message: ChatMessage) => string): IChatServer {
  return {
    chat: bidiStreaming(async function* (messages) {
      for await (const message of messages) yield new StringValue().setValue(answer(message));
    }),
  };
}
