/** How a server stands, and how many calls it has had; in bytes. */
export interface Row {
  /** Those that ended as they should: with OK, by their cancel, or by their deadline. */
  readonly calls: number;
  readonly heap: number;
  readonly rss: number;
  readonly handles: number;
}

/** What was measured of a server: before its first call, ten seconds later, in each minute, and when all callers were gone. */
export interface Soaked {
  readonly name: string;
  readonly rows: readonly Row[];
  readonly exit: number | string;
}

const MIB = 2 ** 20;
/** What a server may keep: code that was compiled, buffers that are kept for later. */
const KEPT_MIB = 8;

/** What is not as it should be; empty for a server that keeps nothing of its callers. */
export function faultsOf({ rows, exit }: Soaked): string[] {
  const [before, first] = rows as [Row, Row]; // the first is early: code is compiled by then, and little can be kept
  const after = rows.at(-1) as Row;
  const faults = {
    'memory was kept': after.heap - first.heap > KEPT_MIB * MIB,
    'sockets or timers were left': after.handles > before.handles,
    'nobody was answered': after.calls === 0,
    'the server did not exit in order': exit !== 0,
  };
  return Object.entries(faults).flatMap(([fault, isSo]) => (isSo ? [fault] : []));
}

/** The result in lines for people. */
export function reportOf(soaked: Soaked): string {
  const { name, rows } = soaked;
  const times = [
    'before',
    ...rows.slice(1, -1).map((_, minute) => (minute === 0 ? '10 s' : `minute ${minute}`)),
    'afterwards',
  ];
  const lines = rows.map(({ calls, heap, rss, handles }, i) =>
    [
      (times[i] ?? '').padEnd(10),
      calls.toLocaleString('en').padStart(9),
      (heap / MIB).toFixed(1).padStart(9),
      (rss / MIB).toFixed(1).padStart(9),
      `${handles}`.padStart(8),
    ].join(' '),
  );
  const head = [
    name.padEnd(10),
    'calls'.padStart(9),
    'heap MiB'.padStart(9),
    'RSS MiB'.padStart(9),
    'handles'.padStart(8),
  ];
  return `${[head.join(' '), ...lines].join('\n')}\n${faultsOf(soaked).join(', ') || 'nothing kept'}\n`;
}
