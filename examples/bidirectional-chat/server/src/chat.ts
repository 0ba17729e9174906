import { type IChatServer, StringValue } from 'chat-proto';
import { bidiStreaming } from 'grpc-streams';

/** Answers every message as soon as it arrives; ends when the caller half-closes. Callers share nothing. */
export const chat: IChatServer = {
  chat: bidiStreaming(async function* (messages) {
    for await (const message of messages) {
      yield new StringValue().setValue(`${message.getName()}: ${message.getMessage()}`);
    }
  }),
};
