import { type Runs, ratio, typical } from './compare.ts';
import { isRoundTrip, type Job, type Kind } from './job.ts';
import type { Measurement } from './measure.ts';
import { ratioName } from './results.ts';
import { number, table } from './table.ts';

/** What came of a comparison. */
export interface Result {
  readonly job: Job;
  readonly runs: readonly Runs[];
}

const TITLES: Record<Kind, string> = {
  bidi: 'Bidi echo',
  'server-streaming': 'Server streaming',
  'client-streaming': 'Client streaming',
  'ping-pong': 'Ping-pong, one message in flight',
  unary: 'Unary call, one in flight',
  short: 'Short call, bidi with one message each way',
};

/** One table for each kind of call. */
export function report(kind: Kind, results: readonly Result[]): string {
  const reference = results[0]?.runs[0]?.stack ?? '';
  const head = ['size × streams', 'stack', `× ${reference}`, 'CPU ×', ...columns(kind).map(([title]) => title)];
  const rows = results.flatMap(({ job, runs }) =>
    runs.map((ofStack, index) => [
      index === 0 ? `${sizeName(job.size)} × ${number(job.streams)}` : '',
      ofStack.stack,
      ...(ofStack.error === undefined ? cells(kind, ofStack, runs[0]) : [ofStack.error]),
    ]),
  );
  return `### ${TITLES[kind]}\n\n${table(head, rows, { textColumns: 2 })}\n`;
}

type Column = readonly [title: string, decimals: number, figure: (run: Measurement) => number];

function columns(kind: Kind): Column[] {
  const perMillion = ({ messages }: Measurement, seconds: number) => (seconds / messages) * 1e6;
  const speed: Column[] = isRoundTrip(kind)
    ? [
        ['p50 µs', 0, ({ p50 }) => p50],
        ['p99 µs', 0, ({ p99 }) => p99],
      ]
    : [
        ['messages/s', 0, ({ perSecond }) => perSecond],
        ['MB/s', 1, ({ megabytesPerSecond }) => megabytesPerSecond],
      ];
  return [
    ...speed,
    ['client CPU s/M', 1, (run) => perMillion(run, run.client.cpuSeconds)],
    ['server CPU s/M', 1, (run) => perMillion(run, run.server.cpuSeconds)],
    ['client MiB', 0, ({ client }) => client.peakMiB],
    ['server MiB', 0, ({ server }) => server.peakMiB],
  ];
}

/** Of both sides: on a busy machine it tells more than the speed. */
function cpuPerMessage({ messages, client, server }: Measurement): number {
  return (client.cpuSeconds + server.cpuSeconds) / messages;
}

function cells(kind: Kind, runs: Runs, reference: Runs | undefined): string[] {
  const figure = ({ p50, perSecond }: Measurement) => (isRoundTrip(kind) ? 1 / p50 : perSecond);
  return [
    ratioName(ratio(runs, reference, figure)),
    ratioName(ratio(runs, reference, cpuPerMessage)),
    ...columns(kind).map(([, decimals, of]) => number(typical(runs, of), decimals)),
  ];
}

function sizeName(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  return bytes < 1_048_576 ? `${bytes / 1_024} KiB` : `${bytes / 1_048_576} MiB`;
}
