import type { ClientPlan, HandlerPlan, Outside } from './plans.ts';

/** How a call must end. */
export interface Expected {
  /** What the client sees. */
  readonly status: string;
  /** What it may see instead. */
  readonly orStatus?: string;
  /** How many messages arrived: responses, or as the response of client streaming says, requests. */
  readonly messages?: number;
  /** The reason of the handler's signal, or `none`; undefined when no handler ran. */
  readonly signal: string | undefined;
  /** The signal may not fire at all. */
  readonly unsure?: true;
  /** The handler waits for what never comes, so that its `finally` does not run, though the call is over. */
  readonly runsOn?: true;
}

export interface Row {
  readonly event: string;
  readonly handler: HandlerPlan;
  readonly client: ClientPlan;
  readonly expected: Expected;
  readonly outside: Outside | undefined;
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

/** The call succeeds, and so many messages arrive. */
export const ok = (messages: number): Expected => ({ status: 'OK', messages, signal: 'none' });

/** The call fails, and the handler needs no telling. */
export const fails = (status: string): Expected => ({ status, signal: 'none' });

/** The handler's signal fires, by default with the status that the client sees. */
export const told = (signal: string, status = signal): Expected => ({ status, signal });

/**
 * The server stops. Its status waits behind messages that the client does not read, until the deadline passes, or comes
 * first, where few of them were sent by then.
 */
export const overtaken: Expected = { ...told('UNAVAILABLE'), orStatus: 'DEADLINE_EXCEEDED' };

/** The call fails after so many messages, which all arrive. */
export const failsAfter = (status: string, messages: number): Expected => ({ ...fails(status), messages });

/** The call fails before a handler runs. */
export const unreached = (status: string): Expected => ({ status, signal: undefined });

/** As `told`, but the handler does not heed it. */
const runsOn = (status: string): Expected => ({ ...told(status), runsOn: true });

/** grpc-js ends the call because of a message; all that it says to the handler is that the call was cancelled. */
export const refused = (status: string): Expected => told('CANCELLED', status);

/**
 * As `told`, unless the handler, which reads, takes the cancel for a half-close and comes to its end: a grpc-js client
 * that cancels does half-close first, in a packet of its own, so that only time tells (trap 6).
 */
export const perhaps = (status: string): Expected => ({ ...told(status), unsure: true });

/** How the end of a client that tells nobody is written. */
export const UNSEEN = 'unseen';

/** The handler's signal fires, and the client tells nobody what it sees. */
export const unseen = (signal: string): Expected => told(signal, UNSEEN);

/** Neither reads nor answers, until it is told that the call is over. */
export const waits: HandlerPlan = { reads: 0, ends: 'waits' };
/** Neither reads nor answers for a moment, longer than the deadline, whatever it is told. */
export const deaf: HandlerPlan = { reads: 0, ends: 'waits deaf' };
/** Sends what comes by a queue of its own, where nothing comes. */
const quiet: HandlerPlan = { reads: 0, ends: 'waits on a queue' };
/** Waits for a promise that nobody settles; no library can end that. */
const stuck: HandlerPlan = { reads: 0, ends: 'waits on a promise' };
/** Answers without end. */
export const produces: HandlerPlan = { reads: 0, produces: Number.POSITIVE_INFINITY };

/** Answers, and then fails. */
export const sendsAndThrows: HandlerPlan = { reads: 0, produces: 150, ends: 'throws' };

/** Sends 10,000 requests, or asks for so many responses. */
export const many: ClientPlan = { sends: 10_000 };
/** Sends its requests and does not half-close. */
export const stays: ClientPlan = { halfCloses: false };
/** Reads nothing. */
export const stalls: ClientPlan = { reads: 0, deadline: 500 };
/** Sends without end. */
export const floods: ClientPlan = { sends: Number.POSITIVE_INFINITY, large: true };

/** A stream's handler waits for what is no affair of gRPC's; its call ends all the same. */
export const waitingRows: readonly Row[] = [
  row('the client cancels, the handler waits on a quiet queue', quiet, { cancels: 'during' }, told('CANCELLED')),
  row('the deadline passes, the handler waits on a quiet queue', quiet, { deadline: 250 }, told('DEADLINE_EXCEEDED')),
  row('the server stops, the handler waits on a quiet queue', quiet, {}, told('UNAVAILABLE'), 'interrupted'),
  row('the client cancels, the handler waits on a promise', stuck, { cancels: 'during' }, runsOn('CANCELLED')),
  row('the deadline passes, the handler waits on a promise', stuck, { deadline: 250 }, runsOn('DEADLINE_EXCEEDED')),
  row('the server stops, the handler waits on a promise', stuck, {}, runsOn('UNAVAILABLE'), 'stopped'),
];
