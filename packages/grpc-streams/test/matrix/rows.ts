import type { ClientPlan, HandlerPlan, Outside } from './plans.ts';

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

/** Neither reads nor answers, until it is told that the call is over. */
export const waits: HandlerPlan = { reads: 0, then: 'wait' };
/** Neither reads nor answers for a moment, whatever it is told. */
export const deaf: HandlerPlan = { reads: 0, then: 'wait deaf' };
/** Answers without end. */
export const produces: HandlerPlan = { reads: 0, produces: Number.POSITIVE_INFINITY };

/** Sends without end. */
export const floods: ClientPlan = { sends: Number.POSITIVE_INFINITY, large: true };
