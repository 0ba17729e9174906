// Has google-protobuf read and write strings by Buffer: its own loops are slow on long strings, and
// repair what is not UTF-8 in silence. And has it refuse a message of very many `bytes` fields, each of which costs far
// more memory than it has on the wire. For all messages of this process, to be loaded before the first of them.
//
// What proto3 says of strings: https://protobuf.dev/programming-guides/proto3/#scalar
const { isUtf8 } = require('node:buffer');
const { BinaryReader, BinaryWriter } = require('google-protobuf');

/** Below so many bytes or characters a loop is as fast as the way to Buffer. */
const SHORT = 32;
/** What stands for a byte that is not UTF-8, and for itself. */
const REPLACEMENT = '\ufffd';
/**
 * So many `bytes` fields a message may have, with all that are in it. Each becomes an object of about 110 bytes, also
 * where it is empty and has 2 bytes on the wire: of those, a message of 4 MiB could have 2 million.
 */
const MOST_BYTES_FIELDS = 65_536;
/** How many of them a reader has read. */
const bytesFields = Symbol('bytesFields');

/** google-protobuf's own, also where another copy of this file was loaded before. */
const readAnyBytes = BinaryReader.prototype.readBytes.uncounted ?? BinaryReader.prototype.readBytes;
const writeShortString = BinaryWriter.prototype.writeString;

BinaryReader.prototype.readString = function readString() {
  const bytes = readAnyBytes.call(this);
  if (bytes.length < SHORT) {
    const text = asAscii(bytes);
    if (text !== undefined) return text;
  }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
  if (text.includes(REPLACEMENT) && !isUtf8(bytes)) throw new Error('a string that is not UTF-8');
  return text;
};

BinaryReader.prototype.readBytes = function readBytes() {
  this[bytesFields] = (this[bytesFields] ?? 0) + 1;
  if (this[bytesFields] > MOST_BYTES_FIELDS) throw new Error(`more than ${MOST_BYTES_FIELDS} bytes fields`);
  return readAnyBytes.call(this);
};
BinaryReader.prototype.readBytes.uncounted = readAnyBytes;

BinaryWriter.prototype.writeString = function writeString(field, text) {
  if (text === null || text === undefined) return;
  if (text.length < SHORT && isAscii(text)) {
    writeShortString.call(this, field, text);
    return;
  }
  const { buffer, byteOffset, length } = Buffer.from(text);
  // Of a Buffer google-protobuf would make a copy.
  this.writeBytes(field, new Uint8Array(buffer, byteOffset, length));
};

BinaryWriter.prototype.writeRepeatedString = function writeRepeatedString(field, texts) {
  if (texts === null || texts === undefined) return;
  for (const text of texts) this.writeString(field, text);
};

function asAscii(bytes) {
  let text = '';
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] > 0x7f) return undefined;
    text += String.fromCharCode(bytes[i]);
  }
  return text;
}

function isAscii(text) {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
