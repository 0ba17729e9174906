import type { ClientHttp2Stream } from 'node:http2';

/** How much may wait for the transport, beside the message that goes beyond: a DATA frame holds as much. */
const SEND_BYTES = 16_384;

type Callback = (error?: Error | null) => void;

/**
 * Lets the messages of a client call go out together: what is sent while a write is under way waits for it, and goes
 * out with one system call, in as few DATA frames as it fits. By itself grpc-js hands the next message down when the
 * transport has taken the one before, in a frame of its own; a peer may even end the connection over many small frames
 * that wait unread (h2 of Rust: `too_many_data_frames`).
 *
 * The price: grpc-js counts up to 16 KiB of messages as sent that wait in the stream.
 */
export function pipelineWrites(stream: ClientHttp2Stream): void {
  const write = stream.write.bind(stream) as (chunk: unknown, callback: Callback) => boolean;
  let waiting: Callback | undefined;
  const goOn = (error?: Error | null) => {
    if (!error && stream.writableLength > SEND_BYTES) return;
    const callback = waiting;
    waiting = undefined;
    callback?.(error);
  };
  const pipelined = (chunk: unknown, callback: Callback) => {
    // The server has ended the call, and grpc-js the stream: to write would break it, with what is still to be read.
    if (stream.writableEnded || stream.destroyed) {
      callback();
      return false;
    }
    waiting = callback;
    const hasRoom = write(chunk, goOn);
    goOn();
    return hasRoom;
  };
  // Not by `=`, which costs the client of a short call some 4 % of its CPU time; see boundCalls.
  Object.assign(stream, { write: pipelined });
}
