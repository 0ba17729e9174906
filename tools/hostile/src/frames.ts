// HTTP/2 by hand, RFC 9113 and 7541: no library would send what attacks are made of.

export const DATA = 0;
export const HEADERS = 1;
export const PRIORITY = 2;
export const RST_STREAM = 3;
export const SETTINGS = 4;
export const PING = 6;
export const GOAWAY = 7;
export const WINDOW_UPDATE = 8;
export const CONTINUATION = 9;

export const END_STREAM = 1;
export const END_HEADERS = 4;

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
export const HEADER_BYTES = 9;

interface FrameOptions {
  readonly flags?: number;
  readonly stream?: number;
  /** What the frame says that it holds, where it lies. */
  readonly length?: number;
}

export function frame(
  type: number,
  payload: Buffer,
  { flags = 0, stream = 0, length = payload.length }: FrameOptions = {},
) {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUIntBE(length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

const NEW_ENTRY = 0x40;

/** A header without compression, kept in the table of the connection where `isKept`. */
export function header(name: string, value: string, isKept = false): Buffer {
  return Buffer.concat([Buffer.of(isKept ? NEW_ENTRY : 0), text(name), text(value)]);
}

/** The entry that came into the table last. */
export const LAST_KEPT = 0xbe;

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  if (bytes.length < 127) return Buffer.concat([Buffer.of(bytes.length), bytes]);
  const length = [127];
  let rest = bytes.length - 127;
  for (; rest >= 128; rest >>= 7) length.push((rest & 127) | 128);
  return Buffer.concat([Buffer.of(...length, rest), bytes]);
}

/** `:method: POST`, `:scheme: http` */
const POST = Buffer.of(0x83, 0x86);

/** The headers with which a gRPC call opens. */
export function callHeaders(path: string): Buffer {
  return Buffer.concat([
    POST,
    header(':path', path),
    header(':authority', 'x'),
    header('content-type', 'application/grpc'),
    header('te', 'trailers'),
  ]);
}

/** The frame that opens a call, and leaves it open. */
export function openCall(path: string, stream: number): Buffer {
  return frame(HEADERS, callHeaders(path), { flags: END_HEADERS, stream });
}

/** The n-th stream that a client opens, from 0. */
export const streamId = (n: number) => 2 * n + 1;
