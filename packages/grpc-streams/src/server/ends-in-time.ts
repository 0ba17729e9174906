import { constants, type ServerHttp2Stream } from 'node:http2';

interface Ending {
  readonly stream: ServerHttp2Stream;
  readonly patienceMs: number;
  /** Whether the time counts from the end itself, rather than from the last byte that the connection took. */
  readonly isStrict: boolean;
  due: number;
  bytesWritten: number;
}

/** The streams whose status is not taken yet. One timer for all: nearly all of them end within a moment. */
const endings = new Set<Ending>();
let timer: NodeJS.Timeout | undefined;

const LOOK_EVERY_MS = 500;

/**
 * Resets a stream whose end is not taken within this time: a status waits behind the messages that its client does not
 * read, and all that the call keeps with it.
 *
 * @returns a function to call when it is taken
 */
export function endsInTime(stream: ServerHttp2Stream, patienceMs: number, isStrict: boolean): () => void {
  const due = performance.now() + patienceMs;
  const ending: Ending = { stream, patienceMs, isStrict, due, bytesWritten: bytesWrittenOf(stream) };
  endings.add(ending);
  timer ??= setInterval(look, LOOK_EVERY_MS).unref();
  return () => endings.delete(ending);
}

function look(): void {
  const now = performance.now();
  for (const ending of endings) {
    const bytesWritten = bytesWrittenOf(ending.stream);
    if (!ending.isStrict && bytesWritten !== ending.bytesWritten) ending.due = now + ending.patienceMs;
    ending.bytesWritten = bytesWritten;
    if (ending.due > now) continue;
    endings.delete(ending);
    if (!ending.stream.closed) ending.stream.close(constants.NGHTTP2_CANCEL);
  }
  if (endings.size > 0) return;
  clearInterval(timer);
  timer = undefined;
}

const bytesWrittenOf = ({ session }: ServerHttp2Stream) => session?.socket?.bytesWritten ?? 0;
