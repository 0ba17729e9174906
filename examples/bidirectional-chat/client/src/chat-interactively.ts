import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type ChatClient, ChatMessage } from 'chat-proto';
import { bidiCall } from 'grpc-streams';

/**
 * Sends each line of the input as a message, and prints what comes back at the same time. The end of the input, or the
 * interrupt, half-closes the call; then the remaining responses are read.
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

  async function* messages(): AsyncGenerator<ChatMessage> {
    for await (const line of lines) yield new ChatMessage().setName(name).setMessage(line);
  }

  const sending = call.sendAll(messages());
  try {
    for await (const response of call.responses) print(response.getValue());
  } finally {
    stopReading();
    await sending;
  }
}
