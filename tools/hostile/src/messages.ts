// The wire format of Protocol Buffers and of gRPC, by hand.

const VARINT = 0;
const LENGTH = 2;

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.of(...bytes, rest);
}

/** A field that holds a whole number, not negative. */
export function number(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8 + VARINT), varint(value)]);
}

/** A field that holds text, bytes, or a message. */
export function bytes(field: number, value: string | Buffer): Buffer {
  const content = Buffer.from(value);
  return Buffer.concat([varint(field * 8 + LENGTH), varint(content.length), content]);
}

/** What gRPC puts before a message: whether it is compressed, and its length. */
export const PREFIX_BYTES = 5;

interface MessageOptions {
  readonly isCompressed?: boolean;
  /** What the prefix says that the message holds, where it lies. */
  readonly length?: number;
}

/** A message with its prefix. */
export function message(
  content: Buffer,
  { isCompressed = false, length = content.length }: MessageOptions = {},
): Buffer {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix[0] = isCompressed ? 1 : 0;
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, content]);
}
