import type { Exchange, Message } from './messages.ts';

/** A library under test, the server and the client of it: each runs in a process of its own. */
export interface Stack {
  /** Starts the server on a free port of 127.0.0.1, and gives the port. */
  listen(): Promise<number>;
  /** Connects once; every call of the client goes over this connection. */
  connect(port: number): StackClient;
}

/** Takes the responses of a call. */
export interface Responses {
  add(response: Message): void;
}

/** Each method makes one call, and settles when the call is over: rejects unless its status is OK. */
export interface StackClient {
  /** The server sends every message back. */
  bidi(messages: Iterable<Message>, responses: Responses): Promise<void>;
  /** The server sends what the order asks for; see `orderOf` in messages.ts. */
  serverStreaming(order: Message, responses: Responses): Promise<void>;
  /** The server checks the messages and responses with their tally. */
  clientStreaming(messages: Iterable<Message>): Promise<Message>;
  /** The server sends the message back. */
  unary(message: Message): Promise<Message>;
  /** Bidi echo, with the next message sent after the response to the last one. */
  pingPong(exchange: Exchange): Promise<void>;
}

/** The libraries for Node. With `+strings`, the strings of google-protobuf are those that grpc-streams has. */
export const NODE_STACKS = [
  'grpc-streams',
  'grpc-js-tuned',
  'grpc-js-tuned+strings',
  'grpc-js-default',
  'nice-grpc-tuned',
  'nice-grpc-default',
  'connect-node',
  'node-http2',
] as const;

export type NodeStackName = (typeof NODE_STACKS)[number];

/** gRPC in other languages, server and client; see other-languages.ts. */
export const OTHER_LANGUAGES = ['grpc-go', 'tonic', 'grpc-java', 'grpcio'] as const;

export type OtherLanguage = (typeof OTHER_LANGUAGES)[number];

/** The first is what the others are compared with. */
export const STACKS = [...NODE_STACKS, ...OTHER_LANGUAGES] as const;

export type StackName = (typeof STACKS)[number];
