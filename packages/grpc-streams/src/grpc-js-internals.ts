import type { ServerHttp2Stream } from 'node:http2';

// What this package reaches in grpc-js, and in Node's streams, past what they promise. Each says what happens when it
// is gone; grpc-js-internals.test.ts says when.

/**
 * The HTTP/2 stream below a server call or its interceptors. If it is gone: each response waits for the one before it,
 * as in plain grpc-js, and an end that the client does not take is never reset.
 */
export function http2StreamOf(call: object): ServerHttp2Stream | undefined {
  return innermost(call, 'stream') as ServerHttp2Stream | undefined;
}

/** The bytes of the messages of one call, as grpc-js has read and written them so far. */
export interface MessageBytes {
  received: number;
  /** The largest message that was sent. */
  largestSent: number;
}

interface Codec {
  serialize(message: unknown): Buffer;
  deserialize(bytes: Buffer): unknown;
}

interface MethodCodec {
  requestSerialize(message: unknown): Buffer;
  responseDeserialize(bytes: Buffer): unknown;
}

/**
 * Counts the bytes of a call's messages. If it is gone: buffers are bounded by the number of messages alone.
 *
 * @param call a streaming call of grpc-js, of a server or a client
 */
export function countBytes(call: object): MessageBytes {
  const bytes: MessageBytes = { received: 0, largestSent: 0 };
  const received = (message: Buffer) => {
    bytes.received += message.length;
    return message;
  };
  const sent = (message: Buffer) => {
    bytes.largestSent = Math.max(bytes.largestSent, message.length);
    return message;
  };
  const chain = Reflect.get(call, 'call');
  const server = owner(chain, 'handler');
  const handler = server && (Reflect.get(server, 'handler') as Codec);
  if (server && handler) {
    const counting: Codec = {
      ...handler,
      serialize: (message) => sent(handler.serialize(message)),
      deserialize: (message) => handler.deserialize(received(message)),
    };
    Reflect.set(server, 'handler', counting);
    return bytes;
  }
  const client = owner(chain, 'methodDefinition');
  const method = client && (Reflect.get(client, 'methodDefinition') as MethodCodec);
  if (client && method) {
    const counting: MethodCodec = {
      ...method,
      requestSerialize: (message) => sent(method.requestSerialize(message)),
      responseDeserialize: (message) => method.responseDeserialize(received(message)),
    };
    Reflect.set(client, 'methodDefinition', counting);
  }
  return bytes;
}

/**
 * Lets a grpc-js stream hold no message for a reader that has paused, and two for the transport, where Node would hold
 * 16 of each, however large. If it is gone: it holds 16.
 */
export function holdFewMessages(call: object): void {
  setHighWaterMark(Reflect.get(call, '_readableState'), 0);
  setHighWaterMark(Reflect.get(call, '_writableState'), 2);
}

function setHighWaterMark(state: unknown, messages: number): void {
  if (typeof state === 'object' && state !== null) Reflect.set(state, 'highWaterMark', messages);
}

/** The value of a field of the call that is nearest the transport, below its interceptors. */
function innermost(call: unknown, field: string): unknown {
  const found = owner(call, field);
  return found && Reflect.get(found, field);
}

function owner(call: unknown, field: string): object | undefined {
  let inner = call;
  while (typeof inner === 'object' && inner !== null && !(field in inner)) inner = Reflect.get(inner, 'nextCall');
  return typeof inner === 'object' && inner !== null ? inner : undefined;
}
