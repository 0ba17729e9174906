import type { StreamingCalcServiceClient } from 'calc-proto';
import { bidiCall, type CallOptions } from 'grpc-streams';

/** Sends the values, and at the same time prints the sum after each of them. */
export async function incrementalSum(
  client: StreamingCalcServiceClient,
  values: Iterable<bigint> | AsyncIterable<bigint>,
  print: (line: string) => void,
  options: CallOptions = {},
): Promise<void> {
  const call = bidiCall(client.incrementalSum(), options);
  await Promise.all([call.sendAll(values), printSums(call.responses, print)]);
  print('Complete.');
}

async function printSums(sums: AsyncIterable<bigint>, print: (line: string) => void): Promise<void> {
  for await (const sum of sums) print(`Value: ${sum}`);
}
