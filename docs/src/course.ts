import {
  type CallOptions,
  type ChannelOptions,
  type Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  type ClientUnaryCall,
  type ClientWritableStream,
  credentials,
  type handleBidiStreamingCall,
  type handleClientStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  makeClientConstructor,
  type requestCallback,
} from '@grpc/grpc-js';

function method(name: string, requestStream: boolean, responseStream: boolean) {
  return {
    path: `/Course/${name}`,
    requestStream,
    responseStream,
    requestSerialize: (text: string) => Buffer.from(text),
    requestDeserialize: (bytes: Buffer) => bytes.toString(),
    responseSerialize: (text: string) => Buffer.from(text),
    responseDeserialize: (bytes: Buffer) => bytes.toString(),
  };
}

/** One RPC of each kind; a message is a text. */
export const CourseService = {
  unary: method('unary', false, false),
  clientStreaming: method('clientStreaming', true, false),
  serverStreaming: method('serverStreaming', false, true),
  bidiStreaming: method('bidiStreaming', true, true),
};

export interface CourseHandlers {
  unary: handleUnaryCall<string, string>;
  clientStreaming: handleClientStreamingCall<string, string>;
  serverStreaming: handleServerStreamingCall<string, string>;
  bidiStreaming: handleBidiStreamingCall<string, string>;
}

export interface CourseClient extends Client {
  unary(request: string, options: CallOptions, callback: requestCallback<string>): ClientUnaryCall;
  clientStreaming(options: CallOptions, callback: requestCallback<string>): ClientWritableStream<string>;
  serverStreaming(request: string, options: CallOptions): ClientReadableStream<string>;
  bidiStreaming(options: CallOptions): ClientDuplexStream<string, string>;
}

/** A client on a connection of its own. */
export function connectCourse(
  port: number,
  options: ChannelOptions & { interceptors?: CallOptions['interceptors'] } = {},
): CourseClient {
  const Constructor = makeClientConstructor(CourseService, 'Course');
  return new Constructor(`127.0.0.1:${port}`, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
    ...options,
  }) as unknown as CourseClient;
}
