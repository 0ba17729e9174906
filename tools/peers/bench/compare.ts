import { type Measurement, measure } from './measure.ts';
import type { Comparison } from './options.ts';
import type { StackName } from './stack.ts';

/** The runs of one stack in one comparison; those that failed are undefined. */
export interface Runs {
  readonly stack: StackName;
  readonly measurements: (Measurement | undefined)[];
  /** Why it failed; it is not tried again. */
  error: string | undefined;
}

/** Gives every stack its turn, round by round: what slows the machine down for a while slows all of them down. */
export async function compare(
  { job, stacks }: Comparison,
  {
    rounds,
    onRun,
    ...runOptions
  }: { rounds: number; onRun: (stack: StackName) => void; limitSeconds: number; profile: boolean },
): Promise<Runs[]> {
  const all = stacks.map((stack): Runs => ({ stack, measurements: [], error: undefined }));
  for (let round = 0; round < rounds; round++) {
    for (const runs of all) {
      onRun(runs.stack);
      if (runs.error !== undefined) continue;
      try {
        runs.measurements[round] = await measure(runs.stack, job, runOptions);
      } catch (error) {
        runs.error = error instanceof Error ? error.message : String(error);
      }
    }
  }
  return all;
}

/** The median over the rounds of how a figure of one stack relates to that of the other, pair by pair. */
export function ratio(runs: Runs, reference: Runs | undefined, figure: (run: Measurement) => number): number {
  return median(
    runs.measurements.flatMap((run, round) => {
      const other = reference?.measurements[round];
      return run && other ? [figure(run) / figure(other)] : [];
    }),
  );
}

/** The median over the rounds of one figure. */
export function typical(runs: Runs, figure: (run: Measurement) => number): number {
  return median(runs.measurements.flatMap((run) => (run ? [figure(run)] : [])));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}
