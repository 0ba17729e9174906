import { status } from '@grpc/grpc-js';
import type { IStreamingCalcServiceServer } from 'calc-proto';
import { bidiStreaming, clientStreaming, statusError } from 'grpc-streams';

/** Sums what each caller sends. Callers share nothing, and a call leaves nothing behind but its responses. */
export const calc: IStreamingCalcServiceServer = {
  sum: clientStreaming(async (values) => {
    let sum = 0n;
    for await (sum of incrementalSums(values));
    return sum;
  }),

  incrementalSum: bidiStreaming(incrementalSums),
};

/** The sum so far, after each value. Throws OUT_OF_RANGE at the first one that 64 bits cannot hold. */
async function* incrementalSums(values: AsyncIterable<bigint>): AsyncGenerator<bigint> {
  let sum = 0n;
  let position = 0;
  for await (const value of values) {
    position += 1;
    const next = sum + value;
    if (BigInt.asIntN(64, next) !== next) {
      throw statusError(
        status.OUT_OF_RANGE,
        `value ${position}, counted from 1, takes the sum out of the signed 64-bit range: ${sum} + ${value}`,
      );
    }
    sum = next;
    yield sum;
  }
}
