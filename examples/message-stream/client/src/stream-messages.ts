import { endedEarly } from 'grpc-program/client';
import { bidiCall } from 'grpc-streams';
import type { MessageRequest, MessageServiceClient } from 'message-proto';
import { ticker } from './ticker.ts';

/**
 * Sends a message at once and then at every interval, and prints what the server sends, until it is interrupted or has
 * received its count. Then it half-closes and waits for the server to end the call.
 *
 * @param message makes the message of each tick
 * @param orderlyEndMs how many milliseconds the server may take to end the call once the count is received; some never
 *   do
 */
export async function streamMessages(
  client: MessageServiceClient,
  {
    message,
    intervalMs,
    count = Number.POSITIVE_INFINITY,
    print,
    interrupted,
    orderlyEndMs = 5_000,
  }: {
    message: () => MessageRequest;
    intervalMs: number;
    count?: number | undefined;
    print: (line: string) => void;
    interrupted: AbortSignal;
    orderlyEndMs?: number;
  },
): Promise<void> {
  // #region read while ticking
  const { responses, sendAll, endWithin } = bidiCall(client.streamMessages());
  const enough = new AbortController();
  const sending = sendAll(ticker(message, intervalMs, AbortSignal.any([interrupted, enough.signal])));

  let received = 0;
  try {
    for await (const response of responses) {
      if (received < count) print(`Received message: ${response.getMessage()}`);
      received += 1;
      if (received === count) {
        enough.abort();
        endWithin(orderlyEndMs, `the server did not end the call within ${orderlyEndMs / 1_000} s of the half-close`);
      }
    }
  } finally {
    enough.abort();
    await sending;
  }
  if (received < count && !interrupted.aborted) throw endedEarly();
  // #endregion
}
