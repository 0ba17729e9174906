import type { Exchange, Message, Tally } from './messages.ts';

/** A library under test, the server and the client of it: each runs in a process of its own. */
export interface Stack {
  /** Starts the server on a free port of 127.0.0.1, and gives the port. */
  listen(): Promise<number>;
  /** Connects once; every call of the client goes over this connection. */
  connect(port: number): StackClient;
}

/** Each method makes one call, and settles when the call is over: rejects unless its status is OK. */
export interface StackClient {
  /** The server sends every message back. */
  bidi(messages: Iterable<Message>, responses: Tally): Promise<void>;
  /** The server sends what the order asks for; see `orderOf` in messages.ts. */
  serverStreaming(order: Message, responses: Tally): Promise<void>;
  /** The server checks the messages and responses with their tally. */
  clientStreaming(messages: Iterable<Message>): Promise<Message>;
  /** Bidi echo, with the next message sent after the response to the last one. */
  pingPong(exchange: Exchange): Promise<void>;
}

/** The first is what the others are compared with. */
export const STACKS = [
  'grpc-streams',
  'grpc-js-tuned',
  'grpc-js-default',
  'nice-grpc-tuned',
  'nice-grpc-default',
  'connect-node',
  'node-http2',
] as const;

export type StackName = (typeof STACKS)[number];
