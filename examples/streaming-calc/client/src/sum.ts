import type { StreamingCalcServiceClient } from 'calc-proto';
import { endedEarly } from 'grpc-program/client';
import { type CallOptions, callsOf } from 'grpc-streams';

/** Sends the values, half-closes, and prints their sum. */
export async function sum(
  client: StreamingCalcServiceClient,
  values: Iterable<bigint> | AsyncIterable<bigint>,
  print: (line: string) => void,
  options: CallOptions = {},
): Promise<void> {
  // #region sum
  const call = callsOf(client).sum(options);
  const hasSentAll = await call.sendAll(values);
  const sum = await call.response;
  if (!hasSentAll) throw endedEarly();
  print(`Value: ${sum}`);
  // #endregion
}
