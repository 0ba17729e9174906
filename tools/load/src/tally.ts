/** How the streams of one client process stand. */
export interface Tally {
  /** Streams that were begun, and those of them of which the server answered the first message. */
  opened: number;
  accepted: number;
  /** Streams that ended in error before the server answered anything. */
  refused: number;
  /** Messages that were sent, and those of them that must have come back and did not, or came twice. */
  sent: number;
  lost: number;
  /** Streams by how they ended, and those that ended otherwise than they should. */
  ended: Record<string, number>;
  errors: Record<string, number>;
}

/** What the parent asks of a client process whose streams are open: to talk for a while. Then, to end. */
export interface Order {
  readonly milliseconds: number;
  readonly messagesPerSecond: number;
}

export interface ClientReport {
  readonly is: 'progress' | 'done';
  readonly tally: Tally;
}

/** How the server stands; in bytes. */
export interface ServerState {
  readonly port: number;
  readonly openCalls: number;
  readonly sockets: number;
  readonly heap: number;
  readonly rss: number;
  /** Messages that were not the next of their stream. */
  readonly gaps: number;
}

export function newTally(): Tally {
  return { opened: 0, accepted: 0, refused: 0, sent: 0, lost: 0, ended: {}, errors: {} };
}

export function sumOf(tallies: readonly Tally[]): Tally {
  const sum = newTally();
  for (const { ended, errors, ...numbers } of tallies) {
    for (const name of Object.keys(numbers) as (keyof typeof numbers)[]) sum[name] += numbers[name];
    for (const [into, from] of [[sum.ended, ended] as const, [sum.errors, errors] as const]) {
      for (const [name, count] of Object.entries(from)) into[name] = (into[name] ?? 0) + count;
    }
  }
  return sum;
}
