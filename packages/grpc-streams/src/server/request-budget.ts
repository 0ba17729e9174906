import { constants, type ServerHttp2Stream } from 'node:http2';

/** What a call holds, and what all calls of its connection do. */
interface Held {
  bytes: number;
  readonly connection: { bytes: number };
}

/**
 * A bound on the bytes of requests that all calls of a server hold together. Beyond it, of the connection that holds most,
 * the call that holds most is reset, with ENHANCE_YOUR_CALM: its client sees RESOURCE_EXHAUSTED, and what is kept for it is
 * free at once, where a status would wait behind responses that nobody reads. A call that is the only one may hold more.
 */
export class RequestBudget {
  readonly #most: number;
  readonly #onReset: (() => void) | undefined;
  #bytes = 0;
  readonly #calls = new Map<ServerHttp2Stream, Held>();
  readonly #connections = new WeakMap<object, Held['connection']>();

  /**
   * @param most in bytes
   * @param onReset hears of each call that is reset
   */
  constructor(most: number, onReset: (() => void) | undefined) {
    this.#most = most;
    this.#onReset = onReset;
  }

  /** Tells how many bytes of requests a call holds from now on. */
  hold(stream: ServerHttp2Stream, bytes: number): void {
    const held = this.#calls.get(stream) ?? this.#counted(stream, bytes);
    if (!held) return;
    this.#set(held, bytes);
    while (this.#bytes > this.#most && this.#calls.size > 1) this.#resetLargest();
  }

  #counted(stream: ServerHttp2Stream, bytes: number): Held | undefined {
    const { session } = stream;
    if (bytes === 0 || stream.closed || !session) return undefined;
    const connection = this.#connections.get(session) ?? { bytes: 0 };
    this.#connections.set(session, connection);
    const held = { bytes: 0, connection };
    this.#calls.set(stream, held);
    stream.once('close', () => this.#forget(stream, held));
    return held;
  }

  #set(held: Held, bytes: number): void {
    const more = bytes - held.bytes;
    held.bytes = bytes;
    held.connection.bytes += more;
    this.#bytes += more;
  }

  #forget(stream: ServerHttp2Stream, held: Held): void {
    this.#set(held, 0);
    this.#calls.delete(stream);
  }

  #resetLargest(): void {
    let largest: [ServerHttp2Stream, Held] | undefined;
    for (const call of this.#calls) if (!largest || isMore(call[1], largest[1])) largest = call;
    if (!largest) return;
    const [stream, held] = largest;
    this.#forget(stream, held);
    stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    this.#onReset?.();
  }
}

const isMore = (one: Held, other: Held) =>
  one.connection === other.connection ? one.bytes > other.bytes : one.connection.bytes > other.connection.bytes;
