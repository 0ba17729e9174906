import { createRequire } from 'node:module';
import { StreamingCalcServiceService } from 'calc-proto';
import type * as Generated from './gen/amount_pb.js';

const { Amount } = createRequire(import.meta.url)('./gen/amount_pb.js') as typeof Generated;

/** What becomes of 2^53 + 1, which a number cannot hold, in each of the three ways. */
export function show(print: (line: string) => void): void {
  // #region loses
  const exact = 9007199254740993n;
  print(`a number: ${Number(exact)}`);
  // #endregion

  // #region jstype
  const sent = new Amount().setAsString('9007199254740993').serializeBinary();
  print(`[jstype = JS_STRING]: ${Amount.deserializeBinary(sent).getAsString()}`);
  // #endregion

  // #region generated
  // Field 2 with field 1's tag: the same varint, as a sender in any other language writes it.
  const bytes = Uint8Array.from(sent, (byte, at) => (at === 0 ? 0x08 : byte));
  print(`the generated getter: ${Amount.deserializeBinary(bytes).getAsNumber()}`);
  // #endregion

  // #region bigint
  const { requestSerialize, requestDeserialize } = StreamingCalcServiceService.sum;
  print(`calc-proto: ${requestDeserialize(requestSerialize(exact))}`);
  // #endregion

  // #region arithmetic
  const largest = 2n ** 63n - 1n;
  print(`largest + 1 in 64 bits: ${BigInt.asIntN(64, largest + 1n)}`);
  print(`largest + 1 as a bigint: ${largest + 1n}`);
  // #endregion

  // #region json
  try {
    print(JSON.stringify({ amount: exact }));
  } catch (error) {
    print(`JSON: ${error instanceof Error && error.message}`);
  }
  // #endregion
}
