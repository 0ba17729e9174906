import { fileURLToPath } from 'node:url';
import {
  type CallOptions,
  type ChannelCredentials,
  type ChannelOptions,
  type Client,
  type ClientDuplexStream,
  type ClientUnaryCall,
  type handleBidiStreamingCall,
  type handleUnaryCall,
  type Metadata,
  makeClientConstructor,
  type requestCallback,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import { loadSync, type MessageTypeDefinition } from '@grpc/proto-loader';

export interface Words {
  readonly text: string;
}

export type EchoHandlers = {
  say?: handleUnaryCall<Words, Words>;
  talk?: handleBidiStreamingCall<Words, Words>;
};

export interface EchoClient extends Client {
  say(words: Words, options: CallOptions, callback: requestCallback<Words>): ClientUnaryCall;
  say(words: Words, metadata: Metadata, options: CallOptions, callback: requestCallback<Words>): ClientUnaryCall;
  talk(options: CallOptions): ClientDuplexStream<Words, Words>;
  talk(metadata: Metadata, options: CallOptions): ClientDuplexStream<Words, Words>;
}

const loaded = loadSync(fileURLToPath(new URL('echo.proto', import.meta.url)), { defaults: true });

export const definition = loaded['test.Echo'] as ServiceDefinition;

/** As `protoc --descriptor_set_out` writes it: each file is field 1, with its length as a varint, here of two bytes. */
export function fileDescriptorSet(files: readonly Buffer[]): Buffer {
  return Buffer.concat(
    files.flatMap((file) => [Buffer.from([0x0a, (file.length & 0x7f) | 0x80, file.length >> 7]), file]),
  );
}

export const descriptorSet = fileDescriptorSet(
  (loaded['test.Words'] as MessageTypeDefinition<object, object>).fileDescriptorProtos,
);

export const EchoClient = makeClientConstructor(definition, 'Echo') as unknown as new (
  address: string,
  credentials: ChannelCredentials,
  options?: ChannelOptions,
) => EchoClient;
