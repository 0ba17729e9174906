import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { status } from '@grpc/grpc-js';
import { type ChatClient, ChatMessage } from 'chat-proto';
import { endedEarly } from 'grpc-program/client';
import { bidiCall, statusError } from 'grpc-streams';

/** Of a longer line, in bytes, the end is not waited for: hardly a server takes such a message, and memory has an end. */
const LONGEST_LINE = 64 * 2 ** 20;

/**
 * Sends each line of the input as a message, and prints what comes back at the same time. The end of the input, or the
 * interrupt, half-closes the call; then the remaining responses are read.
 *
 * @throws ServiceError when the call fails, the server ends it before it has answered everything, or a line has no end
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
  let unendedBytes = 0;
  input.on('data', (bytes: Buffer) => {
    const lineEnd = Math.max(bytes.lastIndexOf('\n'), bytes.lastIndexOf('\r'));
    unendedBytes = lineEnd < 0 ? unendedBytes + bytes.length : bytes.length - lineEnd - 1;
    if (unendedBytes > LONGEST_LINE) stopReading();
  });

  let unanswered = 0;
  async function* messages(): AsyncGenerator<ChatMessage> {
    for await (const line of lines) {
      unanswered += 1;
      yield new ChatMessage().setName(name).setMessage(line);
    }
    if (unendedBytes > LONGEST_LINE) throw statusError(status.RESOURCE_EXHAUSTED, 'a line of the input has no end');
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
