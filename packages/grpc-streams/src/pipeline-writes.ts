import type { Writable } from 'node:stream';

/** So many messages of one call may be on their way to the transport at once. */
const MOST_ON_THE_WAY = 16;

/**
 * Lets a server call hand over its next message before the transport has taken the last one. By itself grpc-js waits
 * for each, so that every small message goes out in a packet of its own.
 */
export function pipelineWrites(call: Writable): void {
  const write = call._write.bind(call);
  let onTheWay = 0;
  let waiting: (() => void) | undefined;
  call._write = (message, encoding, callback) => {
    onTheWay += 1;
    // grpc-js reports no error here: one that fails to write ends its call.
    write(message, encoding, () => {
      onTheWay -= 1;
      const next = waiting;
      waiting = undefined;
      next?.();
    });
    if (onTheWay < MOST_ON_THE_WAY) callback();
    else waiting = callback;
  };
}
