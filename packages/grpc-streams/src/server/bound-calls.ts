import type { ServerHttp2Stream } from 'node:http2';
import { type ServerInterceptingCallInterface, type ServerInterceptor, status } from '@grpc/grpc-js';
import { http2StreamOf } from '../grpc-js-internals.ts';
import { endsInTime } from './ends-in-time.ts';
import { PassThroughCall, type SentStatus, type ServerListener } from './pass-through-call.ts';

export interface BoundCallsOptions {
  /**
   * How many bytes of responses may wait for a client, beside the response that goes beyond. A larger bound makes few
   * streams with large responses faster. Default: 64 KiB.
   */
  readonly sendBytes?: number | undefined;
  /** How long a client may take to take an error status, in milliseconds, before the call is reset. Default: 5,000. */
  readonly errorMs?: number | undefined;
  /** The same for the status OK, counted from the last byte that its connection took. Default: 60,000. */
  readonly okMs?: number | undefined;
}

/** What fits into the header list of every implementation, beside the metadata: 8 KiB is the least that they take. */
const LONGEST_DETAILS = 4_096;

/**
 * A server interceptor that bounds what a call costs: `new Server({ interceptors: [boundCalls(), …others] })`. It must
 * come first, which is nearest the transport. It works for every handler, plain grpc-js ones too:
 *
 * - Responses are handed over before the transport has taken the one before, up to a number of bytes. By itself
 *   grpc-js waits for each, so that every small one goes out in a packet of its own.
 * - A status that the client does not take is followed by a reset, which frees all that was kept for the call.
 * - The details of a status are cut to what a header holds; grpc-js would never send one that is longer than 70 KiB.
 */
export function boundCalls(options: BoundCallsOptions = {}): ServerInterceptor {
  return (_method, call) => new BoundCall(call, options);
}

class BoundCall extends PassThroughCall {
  readonly #stream: ServerHttp2Stream | undefined;
  readonly #sendBytes: number;
  #waiting: (() => void) | undefined;
  #stopWatching: (() => void) | undefined;

  constructor(
    next: ServerInterceptingCallInterface,
    { sendBytes = 65_536, errorMs = 5_000, okMs = 60_000 }: BoundCallsOptions,
  ) {
    super(next);
    this.#stream = http2StreamOf(next);
    this.#sendBytes = sendBytes;
    // Not `sendStatus` of this class: grpc-js ends calls by itself too, over a deadline or a message that it refuses.
    const sendStatus = next.sendStatus.bind(next);
    next.sendStatus = (result: SentStatus) => {
      sendStatus(withShortDetails(result));
      const isError = result.code !== status.OK;
      if (this.#stream) this.#stopWatching ??= endsInTime(this.#stream, isError ? errorMs : okMs, isError);
    };
  }

  override start(listener: ServerListener): void {
    this.next.start({
      onReceiveMetadata: (metadata) => listener.onReceiveMetadata(metadata),
      onReceiveMessage: (message) => listener.onReceiveMessage(message),
      onReceiveHalfClose: () => listener.onReceiveHalfClose(),
      // grpc-js calls this at every end, good ones too, once the status is on its way.
      onCancel: () => {
        this.#stopWatching?.();
        listener.onCancel();
      },
    });
  }

  override sendMessage(message: unknown, callback: () => void): void {
    this.#waiting = callback;
    this.next.sendMessage(message, () => this.#goOn());
    if (this.#stream?.writable && this.#stream.writableLength < this.#sendBytes) this.#goOn();
  }

  #goOn(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.();
  }
}

function withShortDetails(result: SentStatus): SentStatus {
  const { details = '' } = result;
  // On the wire each byte that is not plain ASCII takes three characters.
  if (details.length <= LONGEST_DETAILS / 9) return result;
  let kept = details.slice(0, LONGEST_DETAILS);
  while (encodeURI(kept.toWellFormed()).length > LONGEST_DETAILS) kept = kept.slice(0, Math.floor(kept.length * 0.8));
  return kept === details ? result : { ...result, details: `${kept}…` };
}
