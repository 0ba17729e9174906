import type { ClientHttp2Stream, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { createGunzip, createInflate } from 'node:zlib';
import { type ClientUnaryCall, type StatusObject, status } from '@grpc/grpc-js';
import { PREFIX, readStraight, readStraightOnServer } from './straight-reads.ts';

// What this package reaches in grpc-js, and in Node's streams, past what they promise; the way of messages to their
// reader, which is more than a reach, is in straight-reads.ts, and nothing else is anywhere else. Each says what happens
// when it is gone; grpc-js-internals.test.ts and straight-reads.test.ts say when.

/**
 * The HTTP/2 stream below a server call, or below one of its interceptors. If it is gone: each response waits for the
 * one before it, as in plain grpc-js, and an end that the client does not take is never reset.
 */
export function http2StreamOf(call: object): ServerHttp2Stream | undefined {
  const stream: unknown = Reflect.get(innermost(call), 'stream');
  return isObject(stream) && 'session' in stream ? (stream as ServerHttp2Stream) : undefined;
}

/** What a client keeps of each call that sends requests, by STREAMING. */
export const STREAMING_RETRY_BYTES = 65_536;
/** What grpc-js keeps by itself. */
const RETRY_BYTES = 2 ** 20;

type HearStream = (stream: ClientHttp2Stream, reader: object) => void;

/**
 * Hears of the HTTP/2 stream below a client call once there is one, before a message goes to it, and of the streams of
 * its retries; and of the part of the call that reads it (`Http2SubchannelCall`). A call that is over before gets none. If
 * it is gone: each request waits for the one before it, in a frame of its own, and what {@link giveMessagesFirst} and
 * {@link neverStart} mend is as in plain grpc-js.
 *
 * @param sendsOnce whether one request is all that the call sends: as much of it is kept for retries as grpc-js keeps by
 *   itself, where STREAMING would keep less
 * @param readsMany whether responses may come many at a time, and are then to go up at once
 */
export function onClientStream(
  call: ClientUnaryCall,
  hear: HearStream,
  { sendsOnce = false, readsMany = false } = {},
): void {
  // From top to bottom: ResolvingCall, RetryingCall, for each attempt LoadBalancingCall and Http2SubchannelCall. The
  // first two have the same number; the channel makes them, and picks the connection for the third to make the last.
  const resolving = field(innermost(call), 'call');
  const channel = field(resolving, 'channel');
  const number = field(resolving, 'callNumber');
  const retrying = field(resolving, 'child');
  const found = (retrying: object) => {
    if (field(resolving, 'ended') === true) {
      neverStart(retrying);
      return;
    }
    if (sendsOnce) keepWholeRequest(retrying);
    onAttempts(retrying, (stream, reader) => {
      if (readsMany) readStraight(resolving, stream, reader);
      hear(stream, reader);
    });
  };
  if (isObject(retrying)) found(retrying);
  else if (isObject(channel) && typeof number === 'number') {
    if (!hooked.has(channel)) hookInto(channel);
    awaited.set(number, found);
    call.once('status', () => {
      if (awaited.delete(number)) onceSet(resolving, 'child', neverStart);
    });
  }
}

/** Who waits for a RetryingCall, by its number. */
const awaited = new Map<number, (retrying: object) => void>();
const hooked = new WeakSet<object>();
/** What is to be done when the call starts for which a channel picks a connection at this moment. */
let onStart: (() => void) | undefined;

/** The channel tells what it makes. An accessor on the parts of each call would cost a fifth of a call. */
function hookInto(channel: object): void {
  hooked.add(channel);
  const [createRetryingCall, doPick] = [field(channel, 'createRetryingCall'), field(channel, 'doPick')];
  if (typeof createRetryingCall !== 'function' || typeof doPick !== 'function') return;
  Reflect.set(channel, 'createRetryingCall', (...args: unknown[]) => {
    const retrying: object = Reflect.apply(createRetryingCall, channel, args);
    const number = Number(field(retrying, 'callNumber'));
    const found = awaited.get(number);
    awaited.delete(number);
    found?.(retrying);
    return retrying;
  });
  Reflect.set(channel, 'doPick', (...args: unknown[]) => {
    const picked: { onCallStarted?: (() => void) | null } = Reflect.apply(doPick, channel, args);
    if (!onStart) return picked;
    const [started, alsoStarted] = [picked.onCallStarted, onStart];
    const onCallStarted = () => {
      started?.call(picked);
      alsoStarted();
    };
    return { ...picked, onCallStarted };
  });
}

/**
 * Keeps a call from the server that is over before grpc-js makes this part of it: it was cancelled in the turn that made
 * it. grpc-js starts it all the same, and nothing ends it then: its handler runs, and a stream of requests stays open as
 * long as the connection.
 */
function neverStart(retrying: object): void {
  const nothing = () => {};
  const sendMessageWithContext = (context: unknown) => {
    const callback = field(context, 'callback');
    if (typeof callback === 'function') callback();
  };
  Object.assign(retrying, { start: nothing, startRead: nothing, sendMessageWithContext, halfClose: nothing });
}

/** What counts the requests that a channel keeps, and the same for those of calls that send one. */
const trackers = new WeakMap<object, object>();

/** If grpc-js has no such counter: a request of more than 64 KiB is not sent again where STREAMING is set. */
function keepWholeRequest(retrying: object): void {
  const tracker = field(retrying, 'bufferTracker');
  if (!isObject(tracker) || field(tracker, 'limitPerCall') !== STREAMING_RETRY_BYTES) return;
  const wider =
    trackers.get(tracker) ?? Object.assign(Object.create(tracker), { limitPerCall: RETRY_BYTES, totalAllocated: 0 });
  trackers.set(tracker, wider);
  Reflect.set(retrying, 'bufferTracker', wider);
}

function onAttempts(retrying: object, hear: HearStream): void {
  const attempts = field(retrying, 'underlyingCalls');
  if (!Array.isArray(attempts)) return;
  for (const attempt of attempts) onAttempt(field(attempt, 'call'), hear);
  attempts.push = (...added: unknown[]) => {
    for (const attempt of added) onAttempt(field(attempt, 'call'), hear);
    return Array.prototype.push.apply(attempts, added);
  };
}

function onAttempt(balancing: unknown, hear: HearStream): void {
  const tell = () => {
    const reader = field(balancing, 'child');
    const stream = field(reader, 'http2Stream');
    if (!isObject(reader) || !isObject(stream) || !('writableLength' in stream)) return false;
    hear(stream as ClientHttp2Stream, reader);
    return true;
  };
  const doPick = field(balancing, 'doPick');
  if (!isObject(balancing) || tell() || typeof doPick !== 'function') return;
  Reflect.set(balancing, 'doPick', () => {
    onStart = tell;
    try {
      Reflect.apply(doPick, balancing, []);
    } finally {
      onStart = undefined;
    }
  });
}

/**
 * Has grpc-js give the messages of a client call before its status, whatever that is. By itself it does so for OK; any
 * other status comes at once, and what the reader has not taken is dropped
 * (https://github.com/grpc/grpc-node/issues/2764). So grpc-js reads OK in the trailers, and the real status takes its
 * place when it is handed up. What came before the trailers, as much as a window of HTTP/2 holds, is taken from the
 * stream with them: it is there for the reader even if the connection is lost by then. If it is gone: as in plain
 * grpc-js.
 *
 * @param reader as {@link onClientStream} gives it
 */
export function giveMessagesFirst(stream: ClientHttp2Stream, reader: object): void {
  const listener = field(reader, 'listener');
  const handUp = field(listener, 'onReceiveStatus');
  if (!isObject(listener) || typeof handUp !== 'function') return;
  let code: number | undefined;
  stream.prependOnceListener('trailers', (trailers: IncomingHttpHeaders) => {
    const sent = trailers['grpc-status'];
    if (sent === undefined) return;
    code = Number(sent);
    trailers['grpc-status'] = '0';
    while (stream.read() !== null);
    readToTheEnd(stream, reader);
  });
  Reflect.set(listener, 'onReceiveStatus', (received: StatusObject) => {
    // What is not OK here came of this side: a cancel, a deadline, a message that is too large.
    const isOfServer = received.code === status.OK && code !== undefined;
    Reflect.apply(handUp, listener, [isOfServer ? { ...received, code } : received]);
  });
}

/** Has a lost connection end no call whose trailers have come. Holds nothing else of the call; see {@link letGo}. */
function readToTheEnd(stream: ClientHttp2Stream, reader: object): void {
  const drop = field(reader, 'onDisconnect');
  if (typeof drop !== 'function') return;
  Reflect.set(reader, 'onDisconnect', () => {
    if (!stream.readableEnded) Reflect.apply(drop, reader, []);
  });
}

const DEAF = { onReceiveMetadata() {}, onReceiveMessage() {}, onReceiveStatus() {} };

/**
 * Lets go of a client call that is over. A closed HTTP/2 stream outlives collections of young objects, and by its reader,
 * and that one's listener, so would all of the call: V8 would move 16 KB for each call, where 6 do, at up to a fifth of
 * the CPU time of a short one. It takes that nothing else holds the call: no listener on the stream, and no getter made
 * for it alone. If it is gone: that is spent, as by plain grpc-js.
 *
 * @param reader as {@link onClientStream} gives it, of a call whose status has been handed up
 */
export function letGo(reader: object): void {
  if (isObject(field(reader, 'listener'))) Reflect.set(reader, 'listener', DEAF);
}

/**
 * Hears of the messages of a client call, and gives the status that takes the place of the one that came, below every
 * interceptor. If it is gone: statuses are as grpc-js has them, and nothing is heard.
 */
export function onReceived(
  call: object,
  { message, status }: { message?: (() => unknown) | undefined; status: (received: StatusObject) => StatusObject },
): void {
  onceSet(field(innermost(call), 'call'), 'listener', (listener) => {
    const [giveMessage, giveStatus] = [field(listener, 'onReceiveMessage'), field(listener, 'onReceiveStatus')];
    if (typeof giveMessage !== 'function' || typeof giveStatus !== 'function') return;
    Reflect.set(listener, 'onReceiveStatus', (received: StatusObject) => {
      Reflect.apply(giveStatus, listener, [status(received)]);
    });
    if (!message) return;
    Reflect.set(listener, 'onReceiveMessage', (received: unknown) => {
      Reflect.apply(giveMessage, listener, [received]);
      message();
    });
  });
}

/** How many milliseconds a client call has left. If its deadline is gone: it seems to have none. */
export function timeLeft(call: object): number {
  const deadline = field(field(innermost(call), 'call'), 'deadline');
  return typeof deadline === 'number' || deadline instanceof Date
    ? Number(deadline) - Date.now()
    : Number.POSITIVE_INFINITY;
}

/**
 * Whether the bytes that have come end in the middle of a message. If its decoder is gone: it seems not so.
 *
 * @param part a server call, or the part of a client call that reads
 */
export function isCutOff(part: object): boolean {
  const state = field(field(innermost(part), 'decoder'), 'readState');
  return typeof state === 'number' && state !== 0;
}

/**
 * How many bytes have come of a message whose end has not. If its decoder is gone: none.
 *
 * @param part a server call
 */
export function unfinishedBytes(part: object): number {
  const decoder = field(innermost(part), 'decoder');
  if (field(decoder, 'readState') === 0) return 0;
  const [size, missing] = [field(decoder, 'readMessageSize'), field(decoder, 'readMessageRemaining')];
  return typeof size === 'number' && typeof missing === 'number' ? size - missing : 0;
}

/** Hears of the first object that is set as a property. */
function onceSet(owner: unknown, name: string, hear: (value: object) => void): void {
  if (!isObject(owner)) return;
  const value: unknown = Reflect.get(owner, name);
  if (isObject(value)) {
    hear(value);
    return;
  }
  const property = { configurable: true, enumerable: true };
  Object.defineProperty(owner, name, {
    ...property,
    get: () => value,
    set(next: unknown) {
      Object.defineProperty(owner, name, { ...property, writable: true, value: next });
      if (isObject(next)) hear(next);
    },
  });
}

function field(value: unknown, name: string): unknown {
  return isObject(value) ? Reflect.get(value, name) : undefined;
}

/**
 * Counts the bytes of the messages that a call receives, as grpc-js takes them from the transport. If it is gone: what
 * waits for a slow reader is bounded by the number of messages alone.
 *
 * @param call a streaming call of grpc-js, of a server or a client
 */
export function countReceived(call: object): { bytes: number } {
  const received = { bytes: 0 };
  const base = innermost(call);
  // A server call has the one, a client call the other.
  countWith(received, base, 'handler', 'deserialize');
  countWith(received, base, 'methodDefinition', 'responseDeserialize');
  return received;
}

/** Gives the call a codec of its own, a copy that counts. */
function countWith(received: { bytes: number }, base: object, codecField: string, deserializer: string): void {
  const codec: unknown = Reflect.get(base, codecField);
  if (!isObject(codec)) return;
  const deserialize: unknown = Reflect.get(codec, deserializer);
  if (typeof deserialize !== 'function') return;
  const counting = (message: Buffer): unknown => {
    received.bytes += message.length;
    return Reflect.apply(deserialize, codec, [message]);
  };
  Reflect.set(base, codecField, { ...codec, [deserializer]: counting });
}

/** What a message is answered with that says it is compressed, where no encoding is named. */
const COMPRESSED_BY_NOTHING = {
  code: status.INTERNAL,
  details: 'a request is marked as compressed, but grpc-encoding names no compression',
};

const KNOWN_ENCODINGS = new Set(['identity', 'deflate', 'gzip']);
const unknownEncoding = (encoding: string) => ({
  code: status.UNIMPLEMENTED,
  details: `requests are compressed by ${encoding}, which this server cannot read`,
});

/**
 * Has a server call unpack a compressed message when it is read. By itself grpc-js unpacks all messages at once that
 * come in one piece: 100 KB that unpack to 100 MB, for a handler that reads the first of them. And it takes a message
 * as it is that is marked as compressed where nothing is, or is not where an unknown compression is named. If it is gone:
 * it does.
 *
 * @param onUnpacked hears how many bytes come out of compressed messages, with each piece
 * @returns what is to be told of each message that is asked for, before grpc-js is; undefined when nothing is compressed
 */
export function unpackWhenRead(call: object, onUnpacked: (bytes: number) => void = () => {}): (() => void) | undefined {
  const base = innermost(call);
  const encoding: unknown = Reflect.get(base, 'incomingEncoding');
  const unpack: unknown = Reflect.get(base, 'decompressMessage');
  if (typeof unpack !== 'function') return undefined;
  if (typeof encoding === 'string' && !KNOWN_ENCODINGS.has(encoding)) {
    Reflect.set(base, 'decompressMessage', () => Promise.reject(unknownEncoding(encoding)));
    return undefined;
  }
  if (encoding === 'identity') {
    readStraightOnServer(base);
    Reflect.set(base, 'decompressMessage', (message: Buffer, itsEncoding: string) =>
      message[0] ? Promise.reject(COMPRESSED_BY_NOTHING) : Reflect.apply(unpack, base, [message, itsEncoding]),
    );
    return undefined;
  }
  let asked = 0;
  let received = 0;
  const waiting: { readonly number: number; unpack(): void }[] = [];
  Reflect.set(base, 'decompressMessage', async (message: Buffer, itsEncoding: string) => {
    const number = ++received;
    if (itsEncoding !== 'identity' && number > asked) {
      await new Promise<void>((resolve) => waiting.push({ number, unpack: resolve }));
    }
    if (itsEncoding === 'identity') return Reflect.apply(unpack, base, [message, itsEncoding]);
    return unpackAsCounted(base, message.subarray(PREFIX), onUnpacked);
  });
  return () => {
    asked += 1;
    if (waiting[0] && waiting[0].number <= asked) waiting.shift()?.unpack();
  };
}

const NOT_UNPACKED = { code: status.INTERNAL, details: 'Failed to decompress message' };

/** As grpc-js unpacks, in its words, but tells of each piece, and stops when the call is over. */
async function unpackAsCounted(base: object, packed: Buffer, onUnpacked: (bytes: number) => void): Promise<Buffer> {
  const most = Number(field(base, 'maxReceiveMessageSize') ?? -1);
  const pieces: Buffer[] = [];
  let bytes = 0;
  let isOver = false;
  const unpacking = field(base, 'incomingEncoding') === 'gzip' ? createGunzip() : createInflate();
  unpacking.end(packed);
  try {
    for await (const piece of unpacking as AsyncIterable<Buffer>) {
      bytes += piece.length;
      onUnpacked(piece.length);
      isOver = field(base, 'cancelled') === true || field(field(base, 'stream'), 'closed') === true;
      if (isOver || (most !== -1 && bytes > most)) break;
      pieces.push(piece);
    }
  } catch {
    throw NOT_UNPACKED;
  }
  if (isOver) throw { code: status.CANCELLED, details: 'the call is over' }; // which nobody hears any more
  if (most !== -1 && bytes > most) {
    const details = `Received message that decompresses to a size larger than ${most}`;
    throw { code: status.RESOURCE_EXHAUSTED, details };
  }
  return Buffer.concat(pieces);
}

/**
 * Hears how many bytes of requests come with each piece, and how many messages are whole by it, before they are handed up.
 * If it is gone: nothing is heard.
 *
 * @param call a server call
 */
export function hearPieces(call: object, hear: (bytes: number, messages: number) => void): void {
  const decoder = field(innermost(call), 'decoder');
  const write = field(decoder, 'write');
  if (!isObject(decoder) || typeof write !== 'function') return;
  Object.assign(decoder, {
    write: (data: Buffer): unknown => {
      const messages: unknown = Reflect.apply(write, decoder, [data]);
      hear(data.length, Array.isArray(messages) ? messages.length : 0);
      return messages;
    },
  });
}

/** So many bytes are handed to the transport at a time: in such steps most clients open their HTTP/2 window again. */
const PIECE = 32_768;

interface Chunk {
  readonly chunk: Buffer;
  readonly encoding: BufferEncoding;
}

/**
 * Counts the bytes that the connection of a server call has taken from it, in pieces of 32 KiB: a large message is seen
 * to make its way, where Node would tell of its end alone. If it is gone: nothing is counted.
 *
 * @param call a call of grpc-js that has sent nothing yet
 */
export function countTaken(call: object): { readonly bytes: number } {
  const taken = { bytes: 0 };
  const stream = http2StreamOf(call);
  if (!stream?._writev) return taken;
  const write = stream._write.bind(stream);
  const writev = stream._writev.bind(stream);
  const writePieces = (chunks: readonly Chunk[], callback: (error?: Error | null) => void): void => {
    const { piece, rest } = firstPiece(chunks);
    const bytes = piece.reduce((sum, { chunk }) => sum + chunk.length, 0);
    const onTaken = (error?: Error | null) => {
      if (!error) taken.bytes += bytes;
      if (error || rest.length === 0) callback(error);
      else writePieces(rest, callback);
    };
    const [only, ...others] = piece;
    if (only && others.length === 0) write(only.chunk, only.encoding, onTaken);
    else writev(Object.assign(piece, { allBuffers: true }), onTaken);
  };
  stream._write = (chunk: Buffer, encoding, callback) => writePieces([{ chunk, encoding }], callback);
  stream._writev = writePieces;
  return taken;
}

function firstPiece(chunks: readonly Chunk[]): { piece: Chunk[]; rest: Chunk[] } {
  const piece: Chunk[] = [];
  let room = PIECE;
  for (const [i, { chunk, encoding }] of chunks.entries()) {
    if (chunk.length > room) {
      if (room > 0) piece.push({ chunk: chunk.subarray(0, room), encoding });
      return { piece, rest: [{ chunk: chunk.subarray(room), encoding }, ...chunks.slice(i + 1)] };
    }
    piece.push({ chunk, encoding });
    room -= chunk.length;
  }
  return { piece, rest: [] };
}

/**
 * Has a server call take the bytes of a message from here, where they are known. By itself grpc-js makes new ones for
 * every call: of a message of 4 MiB to 200 clients, 800 MiB. If it is gone: it does.
 *
 * @param frames the messages that are sent on many calls of one method, with the bytes of those that have been
 */
export function shareFrames(call: object, frames: WeakMap<object, Buffer | undefined>): void {
  const base = innermost(call);
  const serialize: unknown = Reflect.get(base, 'serializeMessage');
  if (typeof serialize !== 'function') return;
  Reflect.set(base, 'serializeMessage', (message: object): unknown => {
    const known = frames.get(message);
    if (known) return known;
    const frame: unknown = Reflect.apply(serialize, base, [message]);
    if (frames.has(message) && Buffer.isBuffer(frame)) frames.set(message, frame);
    return frame;
  });
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
  if (isObject(state)) Reflect.set(state, 'highWaterMark', messages);
}

/**
 * The first part of a call that is wanted, from its interceptors down to the transport. If it is gone: there is none.
 *
 * @param call a call of grpc-js, or one of its interceptors
 */
export function partOf<Part extends object>(call: object, isWanted: (part: object) => part is Part): Part | undefined {
  for (let part: unknown = Reflect.get(call, 'call') ?? call; isObject(part); part = Reflect.get(part, 'nextCall')) {
    if (isWanted(part)) return part;
  }
  return undefined;
}

/** The part of a call that is nearest the transport, below its interceptors. */
function innermost(call: object): object {
  return partOf(call, (part): part is object => !('nextCall' in part)) ?? call;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
