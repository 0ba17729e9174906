import type { StreamingCalcServiceClient } from 'calc-proto';
import { endedEarly } from 'grpc-program/client';
import { bidiCall, type CallOptions } from 'grpc-streams';

/** Sends the values, and at the same time prints the sum after each of them. */
export async function incrementalSum(
  client: StreamingCalcServiceClient,
  values: Iterable<bigint> | AsyncIterable<bigint>,
  print: (line: string) => void,
  options: CallOptions = {},
): Promise<void> {
  const call = bidiCall(client.incrementalSum(), options);
  let unanswered = 0;
  async function* counted() {
    for await (const value of values) {
      unanswered += 1;
      yield value;
    }
  }
  // #region read while sending
  async function printSums() {
    for await (const sum of call.responses) {
      unanswered -= 1;
      print(`Value: ${sum}`);
    }
  }
  const [hasSentAll] = await Promise.all([call.sendAll(counted()), printSums()]);
  if (!hasSentAll || unanswered > 0) throw endedEarly();
  print('Complete.');
  // #endregion
}
