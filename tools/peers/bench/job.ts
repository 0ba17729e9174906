import type { Usage } from './usage.ts';

export const KINDS = ['bidi', 'server-streaming', 'client-streaming', 'ping-pong'] as const;
export type Kind = (typeof KINDS)[number];

/** So many messages of one kind and size, over so many streams of one connection. */
export interface Job {
  readonly kind: Kind;
  readonly size: number;
  readonly streams: number;
  readonly messages: number;
}

/** What a process can be asked. The server's port and the client's report are the answers. */
export type Command =
  | { readonly name: 'listen' }
  | { readonly name: 'connect'; readonly port: number }
  | { readonly name: 'work'; readonly job: Job }
  | { readonly name: 'begin' | 'finish' };

export interface Report {
  readonly seconds: number;
  readonly messages: number;
  /** Of a ping-pong: the median and the 99th percentile of the round trips, in microseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** What one process used between 'begin' and 'finish'. */
export interface Finish {
  readonly usage: Usage;
  /** The .cpuprofile, if one was asked for. */
  readonly profile: string | undefined;
}
