import type {
  CallOptions,
  Client,
  ClientDuplexStream,
  ClientReadableStream,
  ClientUnaryCall,
  ClientWritableStream,
  handleBidiStreamingCall,
  handleClientStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  requestCallback,
} from '@grpc/grpc-js';

export interface Ask {
  readonly n: number;
  readonly padding?: string;
}

export interface Answer {
  readonly n: number;
  readonly text: string;
}

/** One method of each kind. */
export interface Handlers {
  say: handleUnaryCall<Ask, Answer>;
  collect: handleClientStreamingCall<Ask, Answer>;
  list: handleServerStreamingCall<Ask, Answer>;
  talk: handleBidiStreamingCall<Ask, Answer>;
}

export interface ServiceClient extends Client {
  say(ask: Ask, options: CallOptions, callback: requestCallback<Answer>): ClientUnaryCall;
  collect(options: CallOptions, callback: requestCallback<Answer>): ClientWritableStream<Ask>;
  list(ask: Ask, options: CallOptions): ClientReadableStream<Answer>;
  talk(options: CallOptions): ClientDuplexStream<Ask, Answer>;
}

/** A text of 16 KiB: about 35 of them fit between two ends when one does not read. */
export const LARGE = 'x'.repeat(16 * 1024);
