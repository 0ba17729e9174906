import type { Readable } from 'node:stream';
import { MessageQueue } from './message-queue.ts';

/** So many messages wait for a slow reader; grpc-js itself holds as many again before it stops reading. */
const READ_AHEAD = 16;

/**
 * Starts to read the messages of a grpc-js call. Reads on only while the reader keeps up, so that HTTP/2 flow control
 * reaches the peer. Who calls it ends the queue.
 *
 * Node's own iterator will not do: leaving its loop destroys the stream, and a destroyed grpc-js server call never
 * sends its status (https://github.com/grpc/grpc-node/issues/1839).
 */
export function readMessages<Message>(call: Readable, onReturn?: () => void): MessageQueue<Message> {
  const messages = new MessageQueue<Message>(Number.POSITIVE_INFINITY, {
    onEmpty: () => call.resume(),
    ...(onReturn && { onReturn }),
  });
  call.on('data', (message: Message) => {
    messages.offer(message);
    if (messages.size >= READ_AHEAD) call.pause();
  });
  return messages;
}
