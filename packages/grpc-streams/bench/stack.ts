import type { Exchange, Tally } from './messages.ts';

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
  bidi(messages: Iterable<Buffer>, replies: Tally): Promise<void>;
  /** The server sends what the order asks for; see {@link Order} in messages.ts. */
  serverStreaming(order: Buffer, replies: Tally): Promise<void>;
  /** The server checks the messages and replies with their tally. */
  clientStreaming(messages: Iterable<Buffer>): Promise<Uint8Array>;
  /** Bidi echo, with the next message sent after the reply to the last one. */
  pingPong(exchange: Exchange): Promise<void>;
}

const load = {
  'grpc-streams': async () => (await import('./stacks/grpc-streams.ts')).grpcStreams,
  'grpc-js-tuned': async () => (await import('./stacks/grpc-js.ts')).grpcJsTuned,
  'grpc-js-default': async () => (await import('./stacks/grpc-js.ts')).grpcJsDefault,
  'nice-grpc-tuned': async () => (await import('./stacks/nice-grpc.ts')).niceGrpcTuned,
  'nice-grpc-default': async () => (await import('./stacks/nice-grpc.ts')).niceGrpcDefault,
  'connect-node': async () => (await import('./stacks/connect-node.ts')).connectNode,
  'node-http2': async () => (await import('./stacks/node-http2.ts')).nodeHttp2,
} satisfies Record<string, () => Promise<Stack>>;

export type StackName = keyof typeof load;

/** The first is what the others are compared with. */
export const STACKS = Object.keys(load) as StackName[];

/** Loads one stack alone, so that a process holds nothing of the others. */
export function loadStack(name: StackName): Promise<Stack> {
  return load[name]();
}
