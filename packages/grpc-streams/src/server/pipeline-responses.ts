import type { ServerHttp2Stream } from 'node:http2';
import {
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from '@grpc/grpc-js';

/**
 * Lets a server hand over a response before the transport has taken the one before it:
 * `new Server({ interceptors: [pipelineResponses, …others] })`. It must come first, which is nearest the transport.
 *
 * By itself grpc-js waits for each response, so that every small one goes out in a packet of its own. Here a call
 * writes until its HTTP/2 stream asks it to wait, which holds 16 KiB and the response that goes beyond.
 */
export const pipelineResponses: ServerInterceptor = (_method, call) => new PipelinedCall(call);

class PipelinedCall extends ServerInterceptingCall {
  readonly #next: ServerInterceptingCallInterface;
  readonly #stream: Http2Output | undefined;
  #waiting: (() => void) | undefined;

  constructor(next: ServerInterceptingCallInterface) {
    super(next);
    this.#next = next;
    this.#stream = http2StreamOf(next);
  }

  override sendMessage(message: unknown, callback: () => void): void {
    this.#waiting = callback;
    this.#next.sendMessage(message, () => this.#goOn());
    if (this.#stream?.writable && !this.#stream.writableNeedDrain) this.#goOn();
  }

  #goOn(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.();
  }

  // Straight to the transport: what the class does between would need each message to be the only one on its way.
  override start(listener: Parameters<ServerInterceptingCallInterface['start']>[0]): void {
    this.#next.start(listener);
  }

  override sendMetadata(metadata: Metadata): void {
    this.#next.sendMetadata(metadata);
  }

  override sendStatus(status: Parameters<ServerInterceptingCallInterface['sendStatus']>[0]): void {
    this.#next.sendStatus(status);
  }
}

type Http2Output = Pick<ServerHttp2Stream, 'writable' | 'writableNeedDrain'>;

/** A private field of grpc-js, so it may be gone one day; then each response waits, as without this interceptor. */
function http2StreamOf(call: object): Http2Output | undefined {
  return 'stream' in call ? (call.stream as Http2Output) : undefined;
}
