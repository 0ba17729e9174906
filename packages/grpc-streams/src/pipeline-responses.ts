import {
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from '@grpc/grpc-js';

/** So many responses of one call may be on their way to the transport at once. */
const MOST_ON_THE_WAY = 4;

/**
 * Lets a server hand over a response before the transport has taken the one before it:
 * `new Server({ interceptors: [pipelineResponses, …others] })`. It must come first, which is nearest the transport.
 *
 * By itself grpc-js waits for each response, so that every small one goes out in a packet of its own.
 */
export const pipelineResponses: ServerInterceptor = (_method, call) => new PipelinedCall(call);

class PipelinedCall extends ServerInterceptingCall {
  readonly #next: ServerInterceptingCallInterface;
  #onTheWay = 0;
  #waiting: (() => void) | undefined;

  constructor(next: ServerInterceptingCallInterface) {
    super(next);
    this.#next = next;
  }

  override sendMessage(message: unknown, callback: () => void): void {
    this.#onTheWay += 1;
    this.#next.sendMessage(message, () => {
      this.#onTheWay -= 1;
      const waiting = this.#waiting;
      this.#waiting = undefined;
      waiting?.();
    });
    if (this.#onTheWay < MOST_ON_THE_WAY) callback();
    else this.#waiting = callback;
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
