import type {
  CallOptions,
  ChannelCredentials,
  Client,
  ClientDuplexStream,
  ClientOptions,
  ClientWritableStream,
  handleBidiStreamingCall,
  handleClientStreamingCall,
  Metadata,
  MethodDefinition,
  requestCallback,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';

/**
 * The generated service, with a `bigint` for every google.protobuf.Int64Value: the same bytes, but exact in all of its
 * 64 bits. A bigint of more bits is not sent; the call fails with INTERNAL.
 */
export const StreamingCalcServiceService: {
  readonly sum: MethodDefinition<bigint, bigint>;
  readonly incrementalSum: MethodDefinition<bigint, bigint>;
};

export interface IStreamingCalcServiceServer extends UntypedServiceImplementation {
  sum: handleClientStreamingCall<bigint, bigint>;
  incrementalSum: handleBidiStreamingCall<bigint, bigint>;
}

export class StreamingCalcServiceClient extends Client {
  constructor(address: string, credentials: ChannelCredentials, options?: ClientOptions);
  sum(callback: requestCallback<bigint>): ClientWritableStream<bigint>;
  sum(metadata: Metadata, callback: requestCallback<bigint>): ClientWritableStream<bigint>;
  sum(options: CallOptions, callback: requestCallback<bigint>): ClientWritableStream<bigint>;
  sum(metadata: Metadata, options: CallOptions, callback: requestCallback<bigint>): ClientWritableStream<bigint>;
  incrementalSum(options?: CallOptions): ClientDuplexStream<bigint, bigint>;
  incrementalSum(metadata: Metadata, options?: CallOptions): ClientDuplexStream<bigint, bigint>;
}

/** The descriptors of the .proto file and of what it imports, for the reflection service. */
export const descriptorSet: Buffer;
