import type { ServerHttp2Stream } from 'node:http2';
import { getHeapStatistics } from 'node:v8';
import {
  type Metadata,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  type ServerMethodDefinition,
  status,
} from '@grpc/grpc-js';
import { hearPieces, http2StreamOf, isCutOff, partOf, unfinishedBytes, unpackWhenRead } from '../grpc-js-internals.ts';
import { endsInTime } from './ends-in-time.ts';
import { PassThroughCall, type SentStatus, type ServerListener } from './pass-through-call.ts';
import { RequestBudget } from './request-budget.ts';
import { unpadded } from './unpadded.ts';

/** The bounds of {@link boundCalls}. */
export interface BoundCallsOptions {
  /**
   * How many bytes of responses may wait for a client, beside the response that goes beyond. A larger bound makes few
   * streams with large responses faster. Default: 64 KiB.
   */
  readonly sendBytes?: number | undefined;
  /** How long a client may take to take an error status, in milliseconds, before the call is reset. Default: 5,000. */
  readonly errorMs?: number | undefined;
  /** The same for the status OK, counted from the last byte that its connection took. Default: 60,000. */
  readonly okMs?: number | undefined;
  /**
   * How many bytes of requests all calls together may hold: what has come of a message, what waits to be read, and what the
   * handler has in hand, with 400 bytes more for each message. Beyond it the call that holds most is reset, and its client
   * sees RESOURCE_EXHAUSTED. Default: a quarter of what V8's heap may have (`--max-old-space-size`).
   */
  readonly requestBytes?: number | undefined;
  /** Hears of each call that is reset for one of these. */
  readonly onReset?: (() => void) | undefined;
}

/** What fits into the header list of every implementation, beside the metadata: 8 KiB is the least that they take. */
const LONGEST_DETAILS = 4_096;
const CUT_OFF = { code: status.INVALID_ARGUMENT, details: 'the last request is cut off' };
const UNREADABLE = {
  code: status.INVALID_ARGUMENT,
  details: 'a request cannot be read: it is no message of this method, or its text is not UTF-8',
};
/** So much memory, about, a message takes beside its bytes: of 16 KiB, 3,000 empty ones may come. */
const MESSAGE_BYTES = 400;
/** A call that holds fewer bytes of requests counts for nothing: most are short and small. */
const WORTH_COUNTING = 16_384;
/** On the wire, a character that is not plain ASCII takes up to nine. */
const LONGEST_CHARACTER = 9;

/**
 * A server interceptor that bounds what a call costs: `new Server({ interceptors: [boundCalls(), …others] })`. It must
 * come first, which is nearest the transport. It works for every handler, plain grpc-js ones too:
 *
 * - Responses are handed over before the transport has taken the one before, up to a number of bytes. By itself
 *   grpc-js waits for each, so that every small one goes out in a packet of its own.
 * - A compressed message is unpacked when it is read.
 * - All calls together hold so many bytes of requests at most.
 * - A client that resets the call has ended it, with NO_ERROR too.
 * - A status that the client does not take is followed by a reset, which frees all that was kept for the call.
 * - The details of a status are cut to what a header holds; grpc-js would never send one that is longer than 70 KiB.
 * - A request that is cut off in the middle ends its call with INVALID_ARGUMENT, and so does one that cannot be read.
 * - Binary metadata goes out as the specification wants it, without padding, and OK without a message.
 */
export function boundCalls(options: BoundCallsOptions = {}): ServerInterceptor {
  const { requestBytes = getHeapStatistics().heap_size_limit / 4, onReset } = options;
  const budget = new RequestBudget(requestBytes, onReset);
  return (method, call) => new BoundCall(call, method, options, budget);
}

/**
 * Tells that the status of a call is on its way, where it waits in grpc-js's stream behind messages, so that
 * `boundCalls` does not see it yet.
 */
export function endIsDue(call: object, isError: boolean): void {
  partOf(call, (part) => part instanceof BoundCall)?.mustEnd(isError);
}

/**
 * Has a call hand over so many responses at most before the transport has taken the first of them, however small they
 * are: each that waits costs some hundred bytes more than it has on the wire.
 */
export function limitUnderWay(call: object, responses: number): void {
  const boundCall = partOf(call, (part) => part instanceof BoundCall);
  if (boundCall) boundCall.mostUnderWay = responses;
}

/**
 * For a handler that asks for the next request before it has done with this one: gives what is to be told how many bytes
 * of requests it still has: when nothing more waits, when it asks, and when it leaves its loop.
 */
export function letGoOfRequests(call: object): ((kept: number) => void) | undefined {
  const boundCall = partOf(call, (part) => part instanceof BoundCall);
  if (!boundCall) return undefined;
  boundCall.asksWhenDone = false;
  return (kept) => boundCall.keepRequests(kept);
}

class BoundCall extends PassThroughCall {
  mostUnderWay = Number.POSITIVE_INFINITY;
  /** Whether a handler that asks for the next request has done with those before. */
  asksWhenDone: boolean;
  #underWay = 0;
  /** Bytes of requests. */
  #held = 0;
  readonly #budget: RequestBudget;
  readonly #stream: ServerHttp2Stream | undefined;
  readonly #onRead: (() => void) | undefined;
  readonly #options: BoundCallsOptions;
  readonly #sendBytes: number;
  #waiting: (() => void) | undefined;
  /** How it is to end, once it is. */
  #ending: 'OK' | 'error' | undefined;

  constructor(
    next: ServerInterceptingCallInterface,
    { requestStream, responseStream }: ServerMethodDefinition<unknown, unknown>,
    options: BoundCallsOptions,
    budget: RequestBudget,
  ) {
    super(next);
    this.#budget = budget;
    // The only request of a call is there as long as the call.
    this.asksWhenDone = requestStream;
    this.#stream = http2StreamOf(next);
    // Of a reset with NO_ERROR, Node's half-open stream says no more than this, and grpc-js would hear of no end.
    this.#stream?.once('aborted', () => setImmediate(() => this.#stream?.destroy()));
    const onReceived = (bytes: number) => this.#hold(this.#held + bytes);
    this.#onRead = unpackWhenRead(next, onReceived);
    hearPieces(next, (bytes, messages) => onReceived(bytes + messages * MESSAGE_BYTES));
    this.#options = options;
    // Nothing but the status comes after a single response, and only then does its time count.
    this.#sendBytes = responseStream ? (options.sendBytes ?? 65_536) : Number.POSITIVE_INFINITY;
    // Not `sendStatus` of this class: grpc-js ends calls by itself too, over a deadline or a message that it refuses.
    const sendStatus = next.sendStatus.bind(next);
    // Not by `=`: where each call is given a function of its own by that, V8 of Node 20 and 22 moves much of the calls to
    // the old space, where they stay until the next full collection, and a server takes half as much memory again.
    Object.assign(next, {
      sendStatus: (result: SentStatus) => {
        sendStatus(asSpecified(result));
        this.mustEnd(result.code !== status.OK);
      },
    });
  }

  /** Has the call reset unless the client takes its end in time. An error waits less long than an OK before it. */
  mustEnd(isError: boolean): void {
    const { errorMs = 5_000, okMs = 60_000, onReset } = this.#options;
    if (!this.#stream || this.#stream.destroyed || this.#ending === 'error' || (this.#ending && !isError)) return;
    this.#ending = isError ? 'error' : 'OK';
    endsInTime(this.#stream, isError ? errorMs : okMs, { isStrict: isError, onReset });
  }

  override start(listener: ServerListener): void {
    super.start({
      onReceiveMetadata: (metadata) => listener.onReceiveMetadata(metadata),
      onReceiveMessage: (message) => listener.onReceiveMessage(message),
      onReceiveHalfClose: () => {
        // The handler would take a part of the requests for all of them.
        if (isCutOff(this.next)) this.next.sendStatus(CUT_OFF);
        else listener.onReceiveHalfClose();
      },
      onCancel: () => listener.onCancel(),
    });
  }

  override sendMetadata(metadata: Metadata): void {
    super.sendMetadata(unpadded(metadata));
  }

  override startRead(): void {
    if (this.asksWhenDone) this.keepRequests(0);
    this.#onRead?.();
    super.startRead();
  }

  /** Takes note that of the whole requests that came the handler has so many bytes now. */
  keepRequests(bytes: number): void {
    if (this.#held < WORTH_COUNTING) this.#held = bytes;
    else this.#hold(bytes + unfinishedBytes(this.next));
  }

  #hold(bytes: number): void {
    const isWorthCounting = Math.max(bytes, this.#held) >= WORTH_COUNTING;
    this.#held = bytes;
    if (isWorthCounting && this.#stream) this.#budget.hold(this.#stream, bytes);
  }

  override sendMessage(message: unknown, callback: () => void): void {
    this.#waiting = callback;
    this.#underWay += 1;
    this.next.sendMessage(message, () => {
      this.#underWay -= 1;
      this.#goOn();
    });
    if (this.#stream?.writable) this.#goOn();
  }

  /** Lets the next response come if there is room for it. */
  #goOn(): void {
    const held = this.#stream?.writableLength ?? 0;
    if (this.#underWay >= this.mostUnderWay || (held > 0 && held >= this.#sendBytes)) return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.();
  }
}

/** A status as it is to go out. */
function asSpecified({ code, details, metadata }: SentStatus): SentStatus {
  // grpc-js says "OK" for the details of an OK.
  const sent = { code, details: '', metadata: metadata && unpadded(metadata) };
  if (code === status.OK) return sent;
  // grpc-js's words for a message that its deserialiser throws at.
  if (code === status.INTERNAL && details?.startsWith('Error deserializing request')) return { ...sent, ...UNREADABLE };
  return { ...sent, details: shortened(details ?? '') };
}

function shortened(details: string): string {
  // grpc-js throws on half a surrogate pair, outside of every handler.
  const whole = details.toWellFormed();
  if (whole.length <= LONGEST_DETAILS / LONGEST_CHARACTER) return whole;
  let kept = whole.slice(0, LONGEST_DETAILS);
  while (encodeURI(kept.toWellFormed()).length > LONGEST_DETAILS) kept = kept.slice(0, Math.floor(kept.length * 0.8));
  return kept === whole ? whole : `${kept.toWellFormed()}…`;
}
