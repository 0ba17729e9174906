import type { StreamingCalcServiceClient } from 'calc-proto';
import { type CallOptions, callsOf } from 'grpc-streams';
import { endedEarly } from './ended-early.ts';

/** Sends the values, half-closes, and prints their sum. */
export async function sum(
  client: StreamingCalcServiceClient,
  values: Iterable<bigint> | AsyncIterable<bigint>,
  print: (line: string) => void,
  options: CallOptions = {},
): Promise<void> {
  const call = callsOf(client).sum(options);
  const hasSentAll = await call.sendAll(values);
  const sum = await call.response;
  if (!hasSentAll) throw endedEarly();
  print(`Value: ${sum}`);
}
