import type { Readable } from 'node:stream';
import { countReceived, holdFewMessages } from './grpc-js-internals.ts';
import { MessageQueue } from './message-queue.ts';
import { programListenerOf } from './program-listener.ts';
import { onMessages } from './straight-reads.ts';

/** So many small messages wait for a slow reader. */
const READ_AHEAD = 16;

/** How many bytes of messages wait for a slow reader, unless told otherwise, beside the message that goes beyond. */
export const BUFFER_BYTES = 2 ** 20;

interface ReadMessagesOptions {
  readonly bufferBytes?: number | undefined;
  /** Called when the reader leaves its loop before the end. */
  readonly onReturn?: () => void;
  /**
   * Hears how many bytes of messages the reader still has at most: when it has taken the last that waits, asks for more,
   * or leaves its loop.
   */
  readonly onKept?: ((bytes: number) => void) | undefined;
}

/**
 * Starts to read the messages of a grpc-js call. Reads on only while the reader keeps up, so that HTTP/2 flow control
 * reaches the peer: 16 messages wait at most, and no more when they have this many bytes. Who calls it ends the queue.
 *
 * Node's own iterator will not do: leaving its loop destroys the stream, and a destroyed grpc-js server call never
 * sends its status (https://github.com/grpc/grpc-node/issues/1839).
 */
export function readMessages<Message>(
  call: Readable,
  { bufferBytes = BUFFER_BYTES, onReturn, onKept }: ReadMessagesOptions = {},
): MessageQueue<Message> {
  holdFewMessages(call);
  const received = countReceived(call);
  const listener = programListenerOf(call);
  listener?.onReads();
  /** What had been received when last nothing waited, */
  let receivedBefore = 0;
  /** and with the message that came last. */
  let receivedWithLast = 0;
  let lastBytes = 0;
  let mostBytes = 0;
  const messages = new MessageQueue<Message>(Number.POSITIVE_INFINITY, {
    onEmpty: () => {
      receivedBefore = received.bytes;
      onKept?.(lastBytes); // the reader has the last one now
      ask();
    },
    ...(onKept && { onWait: () => onKept(0) }),
    // Where the call goes on, what still comes flows away.
    onReturn: onReturn ?? (() => ask()),
    ...(listener && { onTaken: () => listener.onTaken() }),
    onDropped: () => {
      listener?.onDropped();
      onKept?.(mostBytes); // it may go on with the one that it took, whichever that was
    },
  });
  const ask = onMessages<Message>(call, (message) => {
    lastBytes = received.bytes - receivedWithLast;
    receivedWithLast = received.bytes;
    if (messages.offer(message)) mostBytes = Math.max(mostBytes, lastBytes);
    else onKept?.(mostBytes);
    if (messages.size === 0) receivedBefore = received.bytes;
    return messages.size < READ_AHEAD && received.bytes - receivedBefore < bufferBytes;
  });
  return messages;
}
