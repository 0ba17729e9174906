import { bidiStreaming } from 'grpc-streams';
import { type IMessageServiceServer, type MessageRequest, MessageResponse } from 'message-proto';
import { ticker } from './ticker.ts';

const hello = () => new MessageResponse().setMessage('Hello, world!');

/**
 * Sends a message at once and then at every interval, and logs what the caller sends, until it half-closes.
 *
 * @param log takes one line for each request
 * @param message makes the message of each tick
 */
export function messageService({
  log,
  message = hello,
  intervalMs = 1_000,
}: {
  log: (line: string) => void;
  message?: () => MessageResponse;
  intervalMs?: number;
}): IMessageServiceServer {
  return {
    // #region two tasks
    streamMessages: bidiStreaming(async function* (requests) {
      // A cancel can look like a half-close at first. Here that is harmless: both stop the ticker.
      const halfClose = new AbortController();
      const reading = logRequests(requests, log).finally(() => halfClose.abort());
      reading.catch(() => {}); // thrown below, when the ticker has stopped

      yield* ticker(message, intervalMs, halfClose.signal);
      await reading;
    }),
    // #endregion
  };
}

async function logRequests(requests: AsyncIterable<MessageRequest>, log: (line: string) => void): Promise<void> {
  for await (const request of requests) log(`Received request: ${request.getName()}`);
}
