export type Kind = 'unary' | 'client streaming' | 'server streaming' | 'bidi';

/**
 * Messages that a call does not survive: one that cannot be serialised, one that cannot be deserialised, one that is
 * too large to be sent, and one that is sent but too large to be received.
 */
export type BadMessage = 'unwritable' | 'unreadable' | 'unsendable' | 'oversized';

/**
 * What a handler does. It reads requests and answers each: a bidi handler sends the answers, a server-streaming one
 * takes as many requests as it was asked for answers, the other two response at the end with the number they have read.
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
   * until it is told that the call is over, waits for a moment whatever it is told, sends what comes by a queue, where
   * nothing comes, or waits for a promise that nobody settles.
   */
  readonly ends?: 'throws' | 'throws no status' | 'waits' | 'waits deaf' | 'waits on a queue' | 'waits on a promise';
  /** How long it waits that waits deaf. */
  readonly deafMs?: number;
  /** Its answers are of this sort. */
  readonly answers?: BadMessage;
}

/** How many requests a client sends that has no other plan. */
export const REQUESTS = 3;

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
  /** It reads so many responses and leaves its loop, or none at all. */
  readonly reads?: number;
  /** It sends, and reads, one message in so many milliseconds. */
  readonly pace?: number;
  readonly cancels?: Moment;
  /** The moment at which the `AbortSignal` fires that it gave to the call. */
  readonly aborts?: Moment;
  /** In milliseconds. */
  readonly deadline?: number;
  /** Its requests are of this sort. */
  readonly requests?: BadMessage;
}

/**
 * What happens from outside. The first three are of a client in a process of its own, which is left alone, killed or
 * frozen while the handler runs. Or the connection is cut, or the server stops: it asks its handlers to come to an
 * end, it then fails those that do not, or it stops at once.
 */
export type Outside = 'apart' | 'killed' | 'frozen' | 'cut' | 'interrupted' | 'stopped' | 'forced';
