import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type ChatClient, ChatMessage } from 'chat-proto';
import { endedEarly } from 'grpc-program/client';
import { bidiCall } from 'grpc-streams';

/**
 * Sends each line of the input as a message, and prints what comes back at the same time. The end of the input, or the
 * interrupt, half-closes the call; then the remaining responses are read.
 *
 * @throws ServiceError when the call fails, or the server ends it before it has answered everything
 */
export async function chatInteractively(
  client: ChatClient,
  {
    name,
    input,
    print,
    interrupted,
  }: {
    name: string;
    input: Readable;
    print: (line: string) => void;
    interrupted: AbortSignal;
  },
): Promise<void> {
  const call = bidiCall(client.chat());
  // A CRLF is one line end, even when its halves arrive far apart.
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  const stopReading = () => lines.close();
  interrupted.addEventListener('abort', stopReading);

  let unanswered = 0;
  async function* messages(): AsyncGenerator<ChatMessage> {
    for await (const line of lines) {
      unanswered += 1;
      yield new ChatMessage().setName(name).setMessage(line);
    }
  }

  const sending = call.sendAll(messages());
  let hasSentAll = false;
  try {
    for await (const response of call.responses) {
      unanswered -= 1; // in a room, what others say counts too
      print(response.getValue());
    }
  } finally {
    stopReading();
    hasSentAll = await sending;
  }
  if (!hasSentAll || unanswered > 0) throw endedEarly();
}
