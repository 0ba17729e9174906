import type { ServerHttp2Stream } from 'node:http2';
import {
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  status,
} from '@grpc/grpc-js';
import { CALL_ID } from 'stream-trace';

/** What is known of a call when it has ended. */
export interface EndedCall {
  /** From the metadata, if a client or a proxy gave the call a name; else made here. */
  readonly id: string;
  /** The path: `/Chat/chat` */
  readonly method: string;
  readonly peer: string;
  /** The name of the status: `OK` */
  readonly status: string;
  readonly received: number;
  readonly sent: number;
  readonly milliseconds: number;
}

type ServerListener = Parameters<ServerInterceptingCallInterface['start']>[0];

let calls = 0;

/** A server interceptor that tells of every call, once, when it has ended. Comes right after `pipelineResponses`. */
export function watchCalls(onEnd: (call: EndedCall) => void): ServerInterceptor {
  return ({ path }, call) => new WatchedCall(path, call, onEnd);
}

class WatchedCall extends ServerInterceptingCall {
  readonly #next: ServerInterceptingCallInterface;
  readonly #method: string;
  readonly #onEnd: (call: EndedCall) => void;
  readonly #startedAt = performance.now();
  #id = '';
  #peer = '';
  #received = 0;
  #sent = 0;
  #code: status | undefined;

  constructor(method: string, next: ServerInterceptingCallInterface, onEnd: (call: EndedCall) => void) {
    super(next);
    this.#next = next;
    this.#method = method;
    this.#onEnd = onEnd;
  }

  override start(listener: ServerListener): void {
    this.#next.start({
      onReceiveMetadata: (metadata) => {
        const [given] = metadata.get(CALL_ID);
        this.#id = given ? given.toString() : `${process.pid}-${++calls}`;
        metadata.set(CALL_ID, this.#id);
        this.#peer = this.getPeer(); // unknown once the connection is gone
        listener.onReceiveMetadata(metadata);
      },
      onReceiveMessage: (message) => {
        this.#received += 1;
        listener.onReceiveMessage(message);
      },
      onReceiveHalfClose: () => listener.onReceiveHalfClose(),
      // grpc-js calls this at every end, good ones too, once the HTTP/2 stream is closed.
      onCancel: () => {
        this.#onEnd({
          id: this.#id,
          method: this.#method,
          peer: this.#peer,
          status: status[sentStatus(this.#next) ?? this.#code ?? status.CANCELLED],
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
    this.#next.sendMessage(message, callback);
  }

  override sendStatus(result: Parameters<ServerInterceptingCallInterface['sendStatus']>[0]): void {
    this.#code = result.code ?? status.UNKNOWN;
    this.#next.sendStatus(result);
  }
}

/**
 * The status that went out on the wire. grpc-js sends some by itself, past every interceptor: a message that is too
 * large or cannot be read. Only its private HTTP/2 stream tells.
 */
function sentStatus(call: object): status | undefined {
  let inner: unknown = call;
  while (isObject(inner) && !('stream' in inner)) inner = Reflect.get(inner, 'nextCall');
  if (!isObject(inner)) return undefined;
  const { sentTrailers, sentHeaders } = inner.stream as ServerHttp2Stream;
  const code = (sentTrailers ?? sentHeaders)?.['grpc-status'];
  return code === undefined ? undefined : Number(code);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
