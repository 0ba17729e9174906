// What each stack makes of bytes that a peer may send. It loads nothing that changes google-protobuf.
import { createRequire } from 'node:module';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { Int64ValueSchema, StringValueSchema } from '@bufbuild/protobuf/wkt';
import type * as Wrappers from 'google-protobuf/google/protobuf/wrappers_pb.js';
import * as tsProto from './ts-proto/gen/google/protobuf/wrappers.ts';

const google = createRequire(import.meta.url)('google-protobuf/google/protobuf/wrappers_pb.js') as typeof Wrappers;

/** Int64Value of 2^53 + 1. */
const LARGE = Uint8Array.of(0x08, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10);
/** StringValue of a byte that no UTF-8 has. */
const NOT_UTF8 = Uint8Array.of(0x0a, 1, 0xff);
/** StringValue of "a", with a field 2 that it does not know. */
const UNKNOWN_FIELD = Uint8Array.of(0x0a, 1, 0x61, 0x10, 1);

show('2^53 + 1 in an int64', {
  'google-protobuf': () => google.Int64Value.deserializeBinary(LARGE).getValue(),
  'protobuf-es': () => fromBinary(Int64ValueSchema, LARGE).value,
  'ts-proto': () => tsProto.Int64Value.decode(LARGE).value,
});
show('a string that is not UTF-8', {
  'google-protobuf': () => google.StringValue.deserializeBinary(NOT_UTF8).getValue(),
  'protobuf-es': () => fromBinary(StringValueSchema, NOT_UTF8).value,
  'ts-proto': () => tsProto.StringValue.decode(NOT_UTF8).value,
});
show('a field of a newer peer is there when the message is sent on', {
  'google-protobuf': () => isKept(google.StringValue.deserializeBinary(UNKNOWN_FIELD).serializeBinary()),
  'protobuf-es': () => isKept(toBinary(StringValueSchema, fromBinary(StringValueSchema, UNKNOWN_FIELD))),
  'ts-proto': () => isKept(tsProto.StringValue.encode(tsProto.StringValue.decode(UNKNOWN_FIELD)).finish()),
});

function show(what: string, readers: Record<string, () => unknown>): void {
  console.log(what);
  for (const [stack, read] of Object.entries(readers)) console.log(`  ${stack.padEnd(15)} ${inWords(read)}`);
}

function inWords(read: () => unknown): string {
  try {
    const value = read();
    return typeof value === 'string' ? JSON.stringify(value) : `${value}`;
  } catch (error) {
    return `throws: ${error instanceof Error ? error.message : error}`;
  }
}

function isKept(bytes: Uint8Array): boolean {
  return Buffer.from(bytes).equals(UNKNOWN_FIELD);
}
