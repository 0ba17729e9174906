import { type Metadata, type ServerInterceptingCallInterface, type ServerInterceptor, status } from '@grpc/grpc-js';
import { PassThroughCall, type SentStatus, type ServerListener, statusOfCancel } from 'grpc-streams';
import { CALL_ID } from '#stream-trace';
import { callers } from './caller.ts';
import { sentStatusOf } from './grpc-js-internals.ts';

/** What is known of a call when it has ended. */
export interface EndedCall {
  /** From the metadata, if a client or a proxy gave the call a name; else made here. */
  readonly id: string;
  /** The path: `/Chat/chat` */
  readonly method: string;
  /** The address of who called. */
  readonly peer: string;
  /** Whom the token of the call is for, where one is required: of a good one, also if it does not allow this call. */
  readonly subject?: string | undefined;
  /**
   * The name of the status: `OK`. Of a call that its client has left, as `statusOfCancel` of grpc-streams says, and as
   * its handler hears it.
   */
  readonly status: string;
  /** How many messages came. */
  readonly received: number;
  /** How many messages went out. */
  readonly sent: number;
  /** How long it was open. */
  readonly milliseconds: number;
}

/** What the calls of one method have come to, those that are open too. */
export interface MethodCounts {
  /** As the metrics of other languages name it: `unary`, `client_stream`, `server_stream`, `bidi_stream` */
  readonly type: string;
  /** How many calls. */
  started: number;
  /** How many messages came. */
  received: number;
  /** How many messages went out. */
  sent: number;
}

let calls = 0;

/**
 * A server interceptor that tells of every call, once, when it has ended. It must come right after `boundCalls`.
 *
 * @param counts where calls and messages are counted as they come, by the path of the method
 */
export function watchCalls(onEnd: (call: EndedCall) => void, counts?: Map<string, MethodCounts>): ServerInterceptor {
  return (method, call) => new WatchedCall(method.path, call, { onEnd, counts: counts && countsOf(method, counts) });
}

/** Those of a method; grpc-js has no interceptor for one that is not served, so that callers make up none. */
function countsOf({ path, requestStream, responseStream }: Method, counts: Map<string, MethodCounts>): MethodCounts {
  let known = counts.get(path);
  if (!known) {
    const streams = responseStream ? 'server_stream' : 'unary';
    const type = requestStream ? (responseStream ? 'bidi_stream' : 'client_stream') : streams;
    known = { type, started: 0, received: 0, sent: 0 };
    counts.set(path, known);
  }
  return known;
}

type Method = Parameters<ServerInterceptor>[0];

class WatchedCall extends PassThroughCall {
  readonly #method: string;
  readonly #onEnd: (call: EndedCall) => void;
  readonly #counts: MethodCounts | undefined;
  readonly #startedAt = performance.now();
  #id = '';
  #peer = '';
  #metadata: Metadata | undefined;
  #received = 0;
  #sent = 0;
  #code: status | undefined;

  constructor(
    method: string,
    next: ServerInterceptingCallInterface,
    { counts, onEnd }: { counts: MethodCounts | undefined; onEnd: (call: EndedCall) => void },
  ) {
    super(next);
    this.#method = method;
    this.#counts = counts;
    this.#onEnd = onEnd;
    if (counts) counts.started += 1;
  }

  override start(listener: ServerListener): void {
    super.start({
      onReceiveMetadata: (metadata) => {
        const [given] = metadata.get(CALL_ID);
        this.#id = given ? given.toString() : `${process.pid}-${++calls}`;
        metadata.set(CALL_ID, this.#id);
        this.#peer = this.getPeer(); // unknown once the connection is gone
        this.#metadata = metadata;
        listener.onReceiveMetadata(metadata);
      },
      onReceiveMessage: (message) => {
        this.#received += 1;
        if (this.#counts) this.#counts.received += 1;
        listener.onReceiveMessage(message);
      },
      onReceiveHalfClose: () => listener.onReceiveHalfClose(),
      // grpc-js calls this at every end, good ones too, once the HTTP/2 stream is closed.
      onCancel: () => {
        this.#onEnd({
          id: this.#id,
          method: this.#method,
          peer: this.#peer,
          subject: this.#metadata && callers.get(this.#metadata)?.subject,
          status: status[sentStatusOf(this.next) ?? this.#code ?? statusOfCancel(this.getDeadline()).code],
          received: this.#received,
          sent: this.#sent,
          milliseconds: performance.now() - this.#startedAt,
        });
        listener.onCancel();
      },
    });
  }

  override sendMessage(message: unknown, callback: () => void): void {
    this.#sent += 1;
    if (this.#counts) this.#counts.sent += 1;
    super.sendMessage(message, callback);
  }

  override sendStatus(result: SentStatus): void {
    this.#code = result.code ?? status.UNKNOWN;
    super.sendStatus(result);
  }
}
