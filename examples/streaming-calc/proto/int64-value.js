const { BinaryReader, BinaryWriter } = require('google-protobuf');

const VALUE_FIELD = 1;
const VARINT = 0;

/** Writes a bigint as a google.protobuf.Int64Value. */
exports.serialize = (value) => {
  // It would be written with its upper bits cut off.
  if (BigInt.asIntN(64, value) !== value) throw new RangeError(`${value} is not a signed 64-bit integer`);
  const writer = new BinaryWriter();
  if (value !== 0n) {
    writer.writeSplitVarint64(VALUE_FIELD, Number(BigInt.asUintN(32, value)), Number(BigInt.asUintN(32, value >> 32n)));
  }
  return Buffer.from(writer.getResultBuffer());
};

/** Reads a google.protobuf.Int64Value as a bigint. */
exports.deserialize = (bytes) => {
  try {
    const reader = new BinaryReader(bytes);
    let value = 0n;
    while (reader.nextField()) {
      // A field 1 of another type is an unknown field.
      if (reader.getFieldNumber() === VALUE_FIELD && reader.getWireType() === VARINT) {
        value = reader.readSplitVarint64((low, high) =>
          BigInt.asIntN(64, (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)),
        );
      } else reader.skipField();
    }
    return value;
  } catch (cause) {
    throw new Error('the message is not a google.protobuf.Int64Value', { cause });
  }
};
