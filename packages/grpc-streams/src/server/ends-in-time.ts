import { constants, type ServerHttp2Stream } from 'node:http2';

interface Ending {
  readonly patienceMs: number;
  /** Whether the time counts from the end itself, rather than from the last byte that the connection took. */
  readonly isStrict: boolean;
  readonly onReset: (() => void) | undefined;
  due: number;
  bytesWritten: number;
}

/** The streams that are to end. One timer for all: nearly all of them end within a moment. */
const endings = new Map<ServerHttp2Stream, Ending>();
let timer: NodeJS.Timeout | undefined;

const LOOK_EVERY_MS = 500;

/**
 * Resets a stream that is not closed within this time: a status waits behind the messages that its client does not
 * read, and all that the call keeps with it; and a client that never half-closes keeps the stream. A second time for
 * the same stream replaces the first.
 *
 * @param isStrict whether the time counts from now, rather than from the last byte that the connection took
 * @param onReset hears of the reset
 */
export function endsInTime(
  stream: ServerHttp2Stream,
  patienceMs: number,
  { isStrict, onReset }: { isStrict: boolean; onReset?: (() => void) | undefined },
): void {
  if (!endings.has(stream)) stream.on('close', forget);
  endings.set(stream, { patienceMs, isStrict, onReset, due: performance.now() + patienceMs, bytesWritten: Number.NaN });
  timer ??= setInterval(look, LOOK_EVERY_MS).unref();
}

function forget(this: ServerHttp2Stream): void {
  endings.delete(this);
}

function look(): void {
  const now = performance.now();
  for (const [stream, ending] of endings) {
    if (!ending.isStrict) {
      const bytesWritten = bytesWrittenOf(stream);
      if (bytesWritten !== ending.bytesWritten) ending.due = now + ending.patienceMs;
      ending.bytesWritten = bytesWritten;
    }
    if (ending.due > now) continue;
    endings.delete(stream);
    if (stream.closed) continue;
    stream.close(constants.NGHTTP2_CANCEL);
    ending.onReset?.();
  }
  if (endings.size > 0) return;
  clearInterval(timer);
  timer = undefined;
}

const bytesWrittenOf = ({ session }: ServerHttp2Stream) => session?.socket?.bytesWritten ?? 0;
