import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type { Message } from '../messages.ts';
import { deserialize, serialize } from './bench-service.ts';

const HEADER = 5;

/** A gRPC message as it goes over HTTP/2: not compressed, its length, its bytes. */
export function frame(message: Message): Buffer {
  const content = serialize(message);
  const bytes = Buffer.allocUnsafe(HEADER + content.length);
  bytes[0] = 0;
  bytes.writeUInt32BE(content.length, 1);
  content.copy(bytes, HEADER);
  return bytes;
}

/** Takes the messages out of the bytes of an HTTP/2 stream. */
export function frameReader(onMessage: (message: Message) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let waiting = 0;
  let needed = HEADER;
  return (chunk) => {
    chunks.push(chunk);
    waiting += chunk.length;
    if (waiting < needed) return;
    const bytes = chunks.length === 1 ? chunk : Buffer.concat(chunks);
    let offset = 0;
    for (needed = HEADER; bytes.length - offset >= needed; ) {
      if (needed === HEADER) needed += bytes.readUInt32BE(offset + 1);
      if (bytes.length - offset < needed) break;
      onMessage(deserialize(bytes.subarray(offset + HEADER, offset + needed)));
      offset += needed;
      needed = HEADER;
    }
    waiting = bytes.length - offset;
    chunks = waiting > 0 ? [bytes.subarray(offset)] : [];
  };
}

/** Writes each message by itself, while the stream takes them, then ends the stream. */
export async function writeFrames(messages: Iterable<Message>, stream: Duplex): Promise<void> {
  for (const message of messages) {
    if (!stream.write(frame(message))) await once(stream, 'drain');
  }
  stream.end();
}
