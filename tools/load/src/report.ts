import type { ServerState, Tally } from './tally.ts';

/** What came of a load. */
export interface Result {
  readonly streams: number;
  readonly processes: number;
  readonly connections: number;
  readonly seconds: number;
  readonly openingSeconds: number;
  readonly tally: Tally;
  /** Streams of the client process that was killed, which end at the server alone. */
  readonly killed: number;
  readonly before: ServerState;
  readonly idle: ServerState;
  readonly after: ServerState;
  readonly serverExit: number | NodeJS.Signals;
}

const KIB = 2 ** 10;
const MIB = 2 ** 20;
/** What a server may keep of so many streams: code that was compiled, buffers that are kept for later. */
const KEPT_MIB = 16;

/** What is not as it should be; empty for a server that lost nothing and kept nothing. */
export function faultsOf({ streams, tally, before, idle, after, serverExit }: Result): string[] {
  const faults = {
    'not every stream was accepted': idle.openCalls !== streams,
    'streams were refused': tally.refused > 0,
    'streams ended in error': Object.keys(tally.errors).length > 0,
    'messages were lost': tally.lost > 0 || after.gaps > 0,
    'calls were left open': after.openCalls > 0,
    'sockets were left open': after.sockets > 0,
    'memory was kept': after.heap - before.heap > KEPT_MIB * MIB,
    'the server did not exit in order': serverExit !== 0,
  };
  return Object.entries(faults).flatMap(([fault, isSo]) => (isSo ? [fault] : []));
}

/** The result in lines for people. */
export function reportOf(result: Result): string {
  const { streams, processes, connections, seconds, tally, before, idle, after } = result;
  const perStream = (bytes: 'heap' | 'rss') => ((idle[bytes] - before[bytes]) / streams / KIB).toFixed(1);
  const memory = (state: ServerState) => `heap ${mib(state.heap)}, RSS ${mib(state.rss)}`;
  // On a machine that is too busy, a deadline or the kill comes before the first answer.
  const unanswered = tally.opened - tally.accepted - tally.refused;
  const late = unanswered > 0 ? `; ${count(unanswered)} were over before the first answer` : '';
  const lines = {
    load: `${count(streams)} streams of ${processes} client processes on ${connections} connections, ${seconds} s`,
    accepted: `${count(tally.accepted)} of ${count(tally.opened)}; the first ${count(idle.openCalls)} in ${result.openingSeconds.toFixed(1)} s, open at once${late}`,
    refused: count(tally.refused),
    ended: `${byName(tally.ended)}, killed with their client ${count(result.killed)}`,
    errors: byName(tally.errors),
    messages: `${count(tally.sent)} sent, ${count(tally.lost + after.gaps)} lost`,
    'idle stream': `heap ${perStream('heap')} KiB, RSS ${perStream('rss')} KiB`,
    before: memory(before),
    during: memory(idle),
    afterwards: `${memory(after)}, open calls ${after.openCalls}, sockets ${after.sockets}`,
    'on SIGTERM': `the server exits with ${result.serverExit}`,
    verdict: faultsOf(result).join(', ') || 'nothing lost, nothing left',
  };
  return Object.entries(lines)
    .map(([name, text]) => `${name.padEnd(11)}  ${text}`)
    .join('\n');
}

const count = (number: number) => number.toLocaleString('en');
const mib = (bytes: number) => `${(bytes / MIB).toFixed(1)} MiB`;
const byName = (counts: Record<string, number>) =>
  Object.entries(counts)
    .map(([name, number]) => `${name} ${count(number)}`)
    .join(', ') || 'none';
