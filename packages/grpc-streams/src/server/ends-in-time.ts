import { constants, type ServerHttp2Stream } from 'node:http2';

interface Ending {
  readonly stream: ServerHttp2Stream;
  readonly patienceMs: number;
  /** Whether the time counts from the end itself, rather than from the last byte that the connection took. */
  readonly isStrict: boolean;
  due: number;
  bytesWritten: number;
}

/** The streams that are to end. One timer for all: nearly all of them end within a moment. */
const endings = new Set<Ending>();
let timer: NodeJS.Timeout | undefined;

const LOOK_EVERY_MS = 500;

/**
 * Resets a stream that is not closed within this time: a status waits behind the messages that its client does not
 * read, and all that the call keeps with it; and a client that never half-closes keeps the stream.
 *
 * @param isStrict whether the time counts from now, rather than from the last byte that the connection took
 * @returns a function that ends the watch
 */
export function endsInTime(stream: ServerHttp2Stream, patienceMs: number, isStrict: boolean): () => void {
  const due = performance.now() + patienceMs;
  const ending: Ending = { stream, patienceMs, isStrict, due, bytesWritten: Number.NaN };
  const stop = () => void endings.delete(ending);
  endings.add(ending);
  stream.on('close', stop);
  timer ??= setInterval(look, LOOK_EVERY_MS).unref();
  return stop;
}

function look(): void {
  const now = performance.now();
  for (const ending of endings) {
    if (!ending.isStrict) {
      const bytesWritten = bytesWrittenOf(ending.stream);
      if (bytesWritten !== ending.bytesWritten) ending.due = now + ending.patienceMs;
      ending.bytesWritten = bytesWritten;
    }
    if (ending.due > now) continue;
    endings.delete(ending);
    if (!ending.stream.closed) ending.stream.close(constants.NGHTTP2_CANCEL);
  }
  if (endings.size > 0) return;
  clearInterval(timer);
  timer = undefined;
}

const bytesWrittenOf = ({ session }: ServerHttp2Stream) => session?.socket?.bytesWritten ?? 0;
