import { Metadata, type ServiceError, type status } from '@grpc/grpc-js';
import { statusError } from './status.ts';

/**
 * One of the details of an error, beside its code and its words: a message, such as one of
 * https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto.
 */
export interface ErrorDetail {
  /** Its full name: `google.rpc.BadRequest` */
  readonly type: string;
  /** The message as its generated code writes it. */
  readonly value: Uint8Array;
}

const KEY = 'grpc-status-details-bin';
const ANY = 'type.googleapis.com/';

/**
 * An error as {@link statusError} makes it, with details for programs: a `google.rpc.Status` in the trailer, which the
 * libraries of other languages read (https://google.aip.dev/193). Keep them small: a trailer of more than 8 KiB is more
 * than some clients take.
 *
 * @param metadata sent with the status too
 */
export function errorWithDetails(
  code: status,
  message: string,
  details: readonly ErrorDetail[],
  metadata: Metadata = new Metadata(),
): ServiceError {
  const any = ({ type, value }: ErrorDetail) =>
    Buffer.concat([field(1, Buffer.from(`${ANY}${type}`)), field(2, Buffer.from(value))]);
  const sent = metadata.clone();
  sent.set(
    KEY,
    Buffer.concat([
      Buffer.from([0x08, code]), // field 1, a varint
      field(2, Buffer.from(message)),
      ...details.map((detail) => field(3, any(detail))),
    ]),
  );
  return statusError(code, message, sent);
}

/**
 * The details of the error of a call that failed, or of its status; none where the server sent none, or none that can
 * be read.
 */
export function detailsOf({ metadata }: { readonly metadata: Metadata }): ErrorDetail[] {
  const [sent] = metadata.get(KEY);
  if (!Buffer.isBuffer(sent)) return [];
  try {
    return fieldsOf(sent, 3).map((any) => {
      const [url = Buffer.of()] = fieldsOf(any, 1);
      const [value = Buffer.of()] = fieldsOf(any, 2);
      // What comes before the last slash is where the type could be looked up.
      return { type: url.toString().replace(/^.*\//, ''), value };
    });
  } catch {
    return [];
  }
}

// Protocol Buffers, as far as google.rpc.Status and google.protobuf.Any need it
// (https://protobuf.dev/programming-guides/encoding/): there is nothing but varints and fields with a length.

const VARINT = 0;
const LENGTH = 2;

function field(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | LENGTH]), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (; value > 0x7f; value = Math.floor(value / 0x80)) bytes.push((value & 0x7f) | 0x80);
  return Buffer.from([...bytes, value]);
}

/** The values of the fields with this number that have a length. */
function fieldsOf(message: Buffer, wanted: number): Buffer[] {
  const found: Buffer[] = [];
  let at = 0;
  function readVarint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = message.readUInt8(at++); // throws at the end
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }
  while (at < message.length) {
    const tag = readVarint();
    if ((tag & 7) === VARINT) readVarint();
    else if ((tag & 7) === LENGTH) {
      const length = readVarint();
      if (at + length > message.length) throw new RangeError('a field is longer than its message');
      if (tag >> 3 === wanted) found.push(message.subarray(at, at + length));
      at += length;
    } else throw new RangeError('neither message has such a field');
  }
  return found;
}
