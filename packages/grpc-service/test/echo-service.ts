import {
  type CallOptions,
  type ChannelCredentials,
  type ChannelOptions,
  type Client,
  type ClientDuplexStream,
  type ClientUnaryCall,
  type handleBidiStreamingCall,
  type handleUnaryCall,
  type MethodDefinition,
  makeClientConstructor,
  type requestCallback,
} from '@grpc/grpc-js';

export interface Words {
  readonly text: string;
}

export type EchoHandlers = {
  say?: handleUnaryCall<Words, Words>;
  talk?: handleBidiStreamingCall<Words, Words>;
};

export interface EchoClient extends Client {
  say(words: Words, options: CallOptions, callback: requestCallback<Words>): ClientUnaryCall;
  talk(options: CallOptions): ClientDuplexStream<Words, Words>;
}

const serialize = (words: Words) => Buffer.from(JSON.stringify(words));
const deserialize = (bytes: Buffer) => JSON.parse(bytes.toString()) as Words;

function method(name: string, stream: boolean): MethodDefinition<Words, Words> {
  return {
    path: `/test.Echo/${name}`,
    requestStream: stream,
    responseStream: stream,
    requestSerialize: serialize,
    requestDeserialize: deserialize,
    responseSerialize: serialize,
    responseDeserialize: deserialize,
  };
}

/** A unary and a bidirectional method; JSON on the wire. The fixtures use it too. */
export const definition = { say: method('Say', false), talk: method('Talk', true) };

export const EchoClient = makeClientConstructor(definition, 'Echo') as unknown as new (
  address: string,
  credentials: ChannelCredentials,
  options?: ChannelOptions,
) => EchoClient;
