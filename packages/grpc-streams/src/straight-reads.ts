import type { ClientHttp2Stream } from 'node:http2';
import type { Readable } from 'node:stream';

// The way of a message from the transport to its reader. Of what grpc-js does for each, most waits: for the next tick, for
// promises of filters that have nothing to do, and for two streams to pause and go on. Here all messages that come in one
// piece go up in one turn, each when it is asked for. What is reached for is in Http2SubchannelCall, FilterStack,
// BaseServerInterceptingCall and StreamDecoder of grpc-js; where one of the parts is gone, messages go grpc-js's way.

/** The part of a client call that reads: grpc-js's `Http2SubchannelCall`. */
interface Reader {
  readonly decoder: Decoder;
  readonly callEventTracker: { addMessageReceived(): void };
  readonly listener: { onReceiveMessage(message: Buffer): void };
  /** Messages with the five bytes before each, not asked for yet. */
  readonly unpushedReadMessages: Buffer[];
  /** One has been asked for. */
  canPush: boolean;
  readonly statusOutput: boolean;
  readonly finalStatus: { readonly code: number } | null;
  startRead(): void;
  maybeOutputStatus(): void;
}

interface Filters {
  getFilters(): readonly unknown[];
  receiveMessage(message: Buffer): PromiseLike<Buffer>;
}

/** The innermost part of a server call: grpc-js's `BaseServerInterceptingCall`. */
interface ServerReader {
  readonly stream: { resume(): unknown };
  readonly decoder: Decoder;
  /** The call is over. */
  readonly cancelled: boolean;
  readonly handler: { deserialize(message: Buffer): unknown };
  decompressAndMaybePush(entry: QueueEntry): unknown;
  maybePushNextMessage(): void;
}

interface QueueEntry {
  type: 'COMPRESSED' | 'READABLE' | 'HALF_CLOSE';
  readonly compressedMessage: Buffer;
  parsedMessage: unknown;
}

interface Decoder {
  readonly readState: number;
  readonly readSizeRemaining: number;
  readonly readMessageRemaining: number;
  readonly maxReadMessageLength: number;
  write(data: Buffer): Buffer[];
}

/** The bytes of the flag and the length before each message. */
export const PREFIX = 5;
const BETWEEN_MESSAGES = 0;
const IN_PREFIX = 1;

/**
 * Has the messages of a streaming client call go up at once. If a part is gone: one in a turn, as by grpc-js.
 *
 * @param resolving the outermost part of the call: grpc-js's `ResolvingCall`
 * @param reader the innermost
 */
export function readStraight(resolving: unknown, stream: ClientHttp2Stream, reader: object): void {
  const filters: unknown = isObject(resolving) && Reflect.get(resolving, 'filterStack');
  if (!fits(reader, isReader) || !fits(filters, isFilters) || !unpackAtOnce(filters)) return;
  const { decoder, callEventTracker, unpushedReadMessages: waiting } = reader;
  let hasHeaders = false;
  let isPushing = false;
  const push = () => {
    if (!hasHeaders || isPushing) return;
    isPushing = true;
    try {
      while (reader.canPush && !reader.statusOutput) {
        const message = waiting.shift();
        if (!message) break;
        reader.canPush = false;
        reader.listener.onReceiveMessage(message);
      }
    } finally {
      isPushing = false;
    }
    reader.maybeOutputStatus();
  };
  // Node tells of the headers in the next tick, and now and then, over TLS, of the messages behind them before that.
  stream.once('response', () => {
    hasHeaders = true;
    push();
  });
  const startRead = reader.startRead.bind(reader);
  const write = wholeMessages(decoder);
  // Not by `=`; see boundCalls.
  Object.assign(reader, {
    startRead: () => {
      if (waiting.length === 0 || (reader.finalStatus?.code ?? 0) !== 0) {
        startRead();
        return;
      }
      reader.canPush = true;
      push();
    },
  });
  Object.assign(decoder, {
    write: (data: Buffer): Buffer[] => {
      for (const message of write(data)) {
        callEventTracker.addMessageReceived();
        waiting.push(message);
      }
      push();
      // A call that is over lets the rest of its stream flow away.
      if (!reader.canPush && !reader.statusOutput) stream.pause();
      return [];
    },
  });
}

/** Has a message that is not compressed pass the filters at once. Gives false where others want to see it. */
function unpackAtOnce(filters: Filters): boolean {
  if (filters.getFilters().length !== 1) return false;
  const receiveMessage = filters.receiveMessage.bind(filters);
  Object.assign(filters, {
    receiveMessage: (message: Buffer) =>
      message[0] === 0 ? new Here(message.subarray(PREFIX)) : receiveMessage(message),
  });
  return true;
}

/** What is to be awaited, and there already: tells it at once. */
class Here {
  readonly #value: Buffer;

  constructor(value: Buffer) {
    this.#value = value;
  }

  // biome-ignore lint/suspicious/noThenProperty: grpc-js calls it, and nobody awaits it
  then(tell: (value: Buffer) => void): void {
    try {
      tell(this.#value);
    } catch (error) {
      leaveUnhandled(error);
    }
  }
}

/**
 * What a listener or an interceptor throws is for its program, as where grpc-js calls them after a promise: not for the
 * decoder's caller, which takes it for a message that is too large, nor for the loop that asks for the next message.
 */
function leaveUnhandled(error: unknown): void {
  void Promise.reject(error);
}

/**
 * Has the messages of a server call go up at once. If a part is gone: each after a promise.
 *
 * @param part the innermost part of a call whose headers name no compression
 */
export function readStraightOnServer(part: object): void {
  if (!fits(part, isServerReader)) return;
  const later = part.decompressAndMaybePush.bind(part);
  const write = wholeMessages(part.decoder);
  Object.assign(part, {
    decompressAndMaybePush: (entry: QueueEntry) => {
      if (part.cancelled) {
        // One before it in the same piece has ended the call. For this one grpc-js has paused the stream again, which
        // would not close before its connection does.
        part.stream.resume();
        return undefined;
      }
      if (entry.compressedMessage[0] !== 0) return later(entry);
      try {
        entry.parsedMessage = part.handler.deserialize(entry.compressedMessage.subarray(PREFIX));
      } catch {
        return later(entry); // which ends the call
      }
      entry.type = 'READABLE';
      try {
        part.maybePushNextMessage();
      } catch (error) {
        leaveUnhandled(error);
      }
      return undefined;
    },
  });
  Object.assign(part.decoder, { write });
}

/**
 * A decoder's `write` that copies once what lies there whole; grpc-js's own makes a dozen objects of each message. That
 * one gets what does not, and no more of it than makes the next message whole.
 *
 * @throws Error for a message that is too large
 */
function wholeMessages(decoder: Decoder): (data: Buffer) => Buffer[] {
  const write = decoder.write.bind(decoder);
  const longest = decoder.maxReadMessageLength === -1 ? Number.POSITIVE_INFINITY : decoder.maxReadMessageLength;
  return (data) => {
    const messages: Buffer[] = [];
    let at = 0;
    while (at < data.length) {
      if (decoder.readState === BETWEEN_MESSAGES && at + PREFIX <= data.length) {
        const length = data.readUInt32BE(at + 1);
        const end = at + PREFIX + length;
        if (length <= longest && end <= data.length) {
          // A copy: a few bytes that somebody keeps would hold the whole piece, 64 KiB.
          messages.push(Buffer.from(data.subarray(at, end)));
          at = end;
          continue;
        }
      }
      const end = at + missingBytes(decoder);
      messages.push(...write(data.subarray(at, end)));
      at = end;
    }
    return messages;
  };
}

/** How many bytes make a message whole, or its prefix: at least one. */
function missingBytes({ readState, readSizeRemaining, readMessageRemaining }: Decoder): number {
  if (readState === BETWEEN_MESSAGES) return PREFIX;
  // After a message that is too large none is missing, and each further byte throws again.
  return readState === IN_PREFIX ? Math.max(readSizeRemaining, 1) : readMessageRemaining;
}

/**
 * Hears of the messages of a streaming call where grpc-js hands them to its stream, and asks for the next until told to
 * wait: a stream of Node's would do the same with two turns of the event loop more.
 *
 * @param call a call of grpc-js; who listens to its 'data' hears them too, and 'end' comes after the last
 * @param hear takes a message, and says whether the next may come
 * @returns asks for the next, after `hear` has said no
 */
export function onMessages<Message>(call: Readable, hear: (message: Message) => boolean): () => void {
  const push = call.push.bind(call);
  let isAsking = false;
  let mayCome = false;
  let isHeld = false;
  let hasEnded = false;
  const ask = () => {
    mayCome = true;
    if (isAsking) return;
    isAsking = true;
    // What has come already comes here and now.
    try {
      while (mayCome) {
        mayCome = false;
        call._read(0);
      }
    } finally {
      isAsking = false;
    }
  };
  Object.assign(call, {
    push: (message: Message | null) => {
      // What is still being unpacked when a call is cancelled comes after its status.
      if (hasEnded) return false;
      if (message === null) {
        hasEnded = true;
        call.resume(); // 'end' comes also where somebody has paused it
        return push(null);
      }
      try {
        call.emit('data', message); // for who looks on
      } catch (error) {
        leaveUnhandled(error);
      }
      if (hear(message)) ask();
      else isHeld = true;
      return !isHeld;
    },
  });
  call.resume(); // asks for the first
  return () => {
    if (!isHeld) return;
    isHeld = false;
    ask();
  };
}

/** What is known of the parts of one class. */
const known = new WeakMap<object, boolean>();

/** Whether a part is as expected; looks at the first of its class. */
function fits<Part extends object>(part: unknown, isPart: (part: unknown) => part is Part): part is Part {
  if (!isObject(part)) return false;
  const prototype: unknown = Object.getPrototypeOf(part);
  if (!isObject(prototype)) return false;
  let answer = known.get(prototype);
  if (answer === undefined) {
    answer = isPart(part);
    known.set(prototype, answer);
  }
  return answer;
}

function isReader(part: unknown): part is Reader {
  return (
    has(part, 'function', 'startRead', 'maybeOutputStatus') &&
    has(part, 'boolean', 'canPush', 'statusOutput') &&
    'finalStatus' in part &&
    Array.isArray(Reflect.get(part, 'unpushedReadMessages')) &&
    has(Reflect.get(part, 'callEventTracker'), 'function', 'addMessageReceived') &&
    has(Reflect.get(part, 'listener'), 'function', 'onReceiveMessage') &&
    isDecoder(Reflect.get(part, 'decoder'))
  );
}

function isServerReader(part: unknown): part is ServerReader {
  return (
    has(part, 'function', 'decompressAndMaybePush', 'maybePushNextMessage') &&
    has(part, 'boolean', 'cancelled') &&
    has(Reflect.get(part, 'stream'), 'function', 'resume') &&
    has(Reflect.get(part, 'handler'), 'function', 'deserialize') &&
    isDecoder(Reflect.get(part, 'decoder'))
  );
}

const isFilters = (part: unknown): part is Filters => has(part, 'function', 'getFilters', 'receiveMessage');

function isDecoder(part: unknown): part is Decoder {
  return (
    has(part, 'function', 'write') &&
    has(part, 'number', 'readState', 'readSizeRemaining', 'readMessageRemaining', 'maxReadMessageLength')
  );
}

function has(part: unknown, type: string, ...names: string[]): part is object {
  return isObject(part) && names.every((name) => typeof Reflect.get(part, name) === type);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
