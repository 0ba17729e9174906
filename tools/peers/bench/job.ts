import type { Usage } from './usage.ts';

/** Kinds of work whose messages come as fast as they go. */
const FLOWS = ['bidi', 'server-streaming', 'client-streaming'] as const;
/**
 * Kinds of work with one message in flight on each stream: on one call; with a unary call for each message; with a bidi
 * call for each, of one message each way.
 */
const ROUND_TRIPS = ['ping-pong', 'unary', 'short'] as const;

export const KINDS = [...FLOWS, ...ROUND_TRIPS] as const;
export type Kind = (typeof KINDS)[number];
export type RoundTrip = (typeof ROUND_TRIPS)[number];

export function isRoundTrip(kind: Kind): kind is RoundTrip {
  return ROUND_TRIPS.some((known) => known === kind);
}

/** So many messages of one kind and size, over so many streams of one connection. */
export interface Job {
  readonly kind: Kind;
  readonly size: number;
  readonly streams: number;
  readonly messages: number;
}

/** What a process can be asked. The server's port, the client's report and what each used are the answers. */
export type Command =
  | { readonly name: 'listen' }
  | { readonly name: 'connect'; readonly port: number }
  | { readonly name: 'work'; readonly job: Job }
  | { readonly name: 'begin' | 'finish' };

export interface Report {
  readonly seconds: number;
  readonly messages: number;
  /** Of round trips: the median and the 99th percentile, in microseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** What one process used between 'begin' and 'finish'. */
export interface Finish {
  readonly usage: Usage;
  /** The .cpuprofile, if one was asked for. */
  readonly profile?: string | undefined;
}
