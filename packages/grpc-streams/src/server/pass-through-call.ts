import { type Metadata, ServerInterceptingCall, type ServerInterceptingCallInterface } from '@grpc/grpc-js';

/** What a server interceptor hears of a call. */
export type ServerListener = Parameters<ServerInterceptingCallInterface['start']>[0];
/** What a server interceptor sends as the end of a call. */
export type SentStatus = Parameters<ServerInterceptingCallInterface['sendStatus']>[0];

/**
 * The base of a server interceptor that is a class: passes everything on at once. What grpc-js's own base does between
 * needs each message to be the only one on its way.
 */
export class PassThroughCall extends ServerInterceptingCall {
  /** The call nearer the transport. */
  protected readonly next: ServerInterceptingCallInterface;

  constructor(next: ServerInterceptingCallInterface) {
    super(next);
    this.next = next;
  }

  /** Begins the call: passes on the listener, which hears what the client sends. */
  override start(listener: ServerListener): void {
    this.next.start(listener);
  }

  /** Passes on the headers. */
  override sendMetadata(metadata: Metadata): void {
    this.next.sendMetadata(metadata);
  }

  /** Passes on a response, and the callback for when it is handed over. */
  override sendMessage(message: unknown, callback: () => void): void {
    this.next.sendMessage(message, callback);
  }

  /** Passes on the end of the call. */
  override sendStatus(result: SentStatus): void {
    this.next.sendStatus(result);
  }
}
