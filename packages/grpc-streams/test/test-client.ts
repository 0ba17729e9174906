import {
  type CallOptions,
  type ChannelCredentials,
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
  type Metadata,
  type MethodDefinition,
  makeClientConstructor,
  type requestCallback,
} from '@grpc/grpc-js';

export interface Ask {
  readonly n: number;
  readonly padding?: string;
}

export interface Answer {
  readonly n: number;
  readonly text: string;
}

export type TestHandlers = {
  say: handleUnaryCall<Ask, Answer>;
  collect: handleClientStreamingCall<Ask, Answer>;
  list: handleServerStreamingCall<Ask, Answer>;
  talk: handleBidiStreamingCall<Ask, Answer>;
};

export interface TestClient extends Client {
  say(ask: Ask, options: CallOptions, callback: requestCallback<Answer>): ClientUnaryCall;
  say(ask: Ask, metadata: Metadata, options: CallOptions, callback: requestCallback<Answer>): ClientUnaryCall;
  collect(options: CallOptions, callback: requestCallback<Answer>): ClientWritableStream<Ask>;
  list(ask: Ask, options: CallOptions): ClientReadableStream<Answer>;
  talk(options: CallOptions): ClientDuplexStream<Ask, Answer>;
  talk(metadata: Metadata, options: CallOptions): ClientDuplexStream<Ask, Answer>;
}

const serialize = (message: unknown) => Buffer.from(JSON.stringify(message));

function method(path: string, requestStream: boolean, responseStream: boolean): MethodDefinition<Ask, Answer> {
  return {
    path: `/test.Test/${path}`,
    requestStream,
    responseStream,
    requestSerialize: serialize,
    requestDeserialize: (bytes) => JSON.parse(bytes.toString()) as Ask,
    responseSerialize: serialize,
    responseDeserialize: (bytes) => JSON.parse(bytes.toString()) as Answer,
  };
}

/** Four methods, one of each kind; JSON on the wire. */
export const definition = {
  say: method('Say', false, false),
  collect: method('Collect', true, false),
  list: method('List', false, true),
  talk: method('Talk', true, true),
};

type TestClientClass = new (address: string, credentials: ChannelCredentials, options?: ChannelOptions) => TestClient;

/** Makes it anew, with the codecs that the definition has now, which a test may replace. */
const makeTestClient = () => makeClientConstructor(definition, 'Test') as unknown as TestClientClass;

export const TestClient = makeTestClient();

/** Connects to the test service; other processes use it too. */
export function connect(address: string, options: ChannelOptions = {}): TestClient {
  return new (makeTestClient())(address, credentials.createInsecure(), options);
}

/** A message of 16 KiB: about 35 of them fit between two ends when one does not read. */
export const LARGE = 'x'.repeat(16 * 1024);

export const ask = (n: number, padding = ''): Ask => ({ n, padding });
export const answer = (n: number, text = ''): Answer => ({ n, text });
