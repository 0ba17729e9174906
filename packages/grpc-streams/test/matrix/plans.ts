export type Kind = 'unary' | 'client streaming' | 'server streaming' | 'bidi';

/** Messages that a call must not survive; see definition.ts. */
export type BadMessage = 'unwritable' | 'unreadable' | 'too large to send' | 'too large to receive';

/**
 * What a handler does. It reads requests and answers each: a bidi handler sends the answers, a server-streaming one
 * takes as many requests as it was asked for answers, the other two reply at the end with the number they have read.
 */
export interface HandlerPlan {
  /** It reads so many requests and goes on; all of them, when left out. */
  readonly reads?: number;
  /** Each request takes it so many milliseconds. */
  readonly pace?: number;
  /** It then sends large answers, up to this number, one each millisecond. */
  readonly produces?: number;
  /**
   * What it does in the end, instead of returning: it throws the status ABORTED, or an error that is no status, waits
   * until it is told that the call is over, or waits for a moment whatever it is told.
   */
  readonly then?: 'throw' | 'throw no status' | 'wait' | 'wait deaf';
  /** Its answers are of this sort. */
  readonly answers?: BadMessage;
}

/** `during`: while the handler runs; `after`: when the status is there. */
export type Moment = 'before' | 'during' | 'after';

/** What a client does. It sends three requests, half-closes and reads to the end, but for what the plan says. */
export interface ClientPlan {
  /** It sends so many requests; in server streaming, it asks for so many answers. */
  readonly sends?: number;
  /** Each request is 16 KiB, so that soon no more of them fit between the two ends. */
  readonly large?: true;
  /** It leaves the requests open. */
  readonly halfCloses?: false;
  /** It reads so many replies and leaves its loop, or none at all. */
  readonly reads?: number;
  /** It sends, and reads, one message in so many milliseconds. */
  readonly pace?: number;
  readonly cancels?: Moment;
  /** The moment at which the `AbortSignal` fires that it gave to the call. */
  readonly aborts?: Moment;
  /** In milliseconds; without one of its own, a call that hangs ends with the deadline that every call has. */
  readonly deadline?: number;
  /** Its requests are of this sort. */
  readonly requests?: BadMessage;
}

/** What happens from outside, while the handler runs. */
export type Outside =
  | 'the client process is killed'
  | 'the client process is frozen'
  | 'the client is another process'
  | 'the connection is cut'
  | 'the server stops gracefully'
  | 'the server stops by force';

/** How a call must end. */
export interface Expected {
  /** What the client sees. */
  readonly status: string;
  /** How many messages arrived: replies, or as the reply of client streaming says, requests. */
  readonly messages?: number;
  /** The reason of the handler's signal, or `none`; `never entered` when no handler ran. */
  readonly signal: string;
}

export interface Row {
  readonly event: string;
  readonly handler: HandlerPlan;
  readonly client: ClientPlan;
  readonly expected: Expected;
  readonly outside: Outside | undefined;
}

/** An event that a kind of call does not have, and why. */
export interface NotApplicable {
  readonly event: string;
  readonly why: string;
}

export function row(
  event: string,
  handler: HandlerPlan,
  client: ClientPlan,
  expected: Expected,
  outside?: Outside,
): Row {
  return { event, handler, client, expected, outside };
}

export const na = (event: string, why: string): NotApplicable => ({ event, why });

/** The call succeeds, and so many messages arrive. */
export const ok = (messages: number): Expected => ({ status: 'OK', messages, signal: 'none' });

/** The call fails, and the handler needs no telling. */
export const fails = (status: string): Expected => ({ status, signal: 'none' });

/** The handler's signal fires, by default with the status that the client sees. */
export const told = (signal: string, status = signal): Expected => ({ status, signal });

/** The call fails before a handler runs. */
export const unreached = (status: string): Expected => ({ status, signal: 'never entered' });

/** The end of a client that tells nobody. */
export const UNSEEN = 'unseen';
