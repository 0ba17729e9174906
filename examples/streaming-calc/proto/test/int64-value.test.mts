import { BinaryReader } from 'google-protobuf';
import { expect, test } from 'vitest';
import { StreamingCalcServiceService } from '../index.js';
import vectors from '../test-vectors.json' with { type: 'json' };

const { sum, incrementalSum } = StreamingCalcServiceService;

/** Every pair of functions that turns a bigint to bytes and back. */
const pairs = [sum, incrementalSum].flatMap((method) => [
  { write: method.requestSerialize, read: method.requestDeserialize },
  { write: method.responseSerialize, read: method.responseDeserialize },
]);

test.each(vectors.messages)('$value is $bytes, both ways', ({ value, bytes }) => {
  for (const { write, read } of pairs) {
    expect(write(BigInt(value)).toString('hex')).toBe(bytes);
    expect(read(Buffer.from(bytes, 'hex'))).toBe(BigInt(value));
  }
});

test.each(vectors.otherMessages)('what others may write is read: $name', ({ value, bytes }) => {
  for (const { read } of pairs) expect(read(Buffer.from(bytes, 'hex'))).toBe(BigInt(value));
});

test.each(vectors.malformedMessages)('what is no message is refused: $name', ({ bytes }) => {
  for (const { read } of pairs) {
    expect(() => read(Buffer.from(bytes, 'hex'))).toThrow('the message is not a google.protobuf.Int64Value');
  }
});

test('values of every length come back, and are what google-protobuf reads', () => {
  let random = 1n;
  for (let n = 0; n < 20_000; n++) {
    random = BigInt.asIntN(64, random * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n);
    const value = random >> BigInt(n % 64);
    const bytes = sum.requestSerialize(value);
    expect(sum.requestDeserialize(bytes)).toBe(value);
    if (value === 0n) continue;
    const reader = new BinaryReader(bytes);
    expect(reader.nextField() && reader.getFieldNumber()).toBe(1);
    expect(reader.readInt64String()).toBe(String(value));
  }
});

test.each([2n ** 63n, -(2n ** 63n) - 1n, 2n ** 64n, 10n ** 30n])('%d has too many bits, and is not sent', (value) => {
  for (const { write } of pairs) {
    expect(() => write(value)).toThrow(`${value} is not a signed 64-bit integer`);
  }
});
