import { number } from './table.ts';

/** What the stacks used in one job on one stream. */
export interface OneStream {
  /** `Bidi echo` */
  readonly work: string;
  /** Of a message: `20 B` */
  readonly size: string;
  /** The CPU of each stack for each message, as a multiple of that of the first one. */
  readonly cpu: ReadonlyMap<string, number>;
}

/** What a benchmark has printed of the jobs on one stream. */
export function readResults(tables: string): OneStream[] {
  return tables
    .split(/^### /m)
    .slice(1)
    .flatMap((section) => {
      const [title = '', , ...lines] = section.trim().split('\n');
      const jobs: { name: string; cpu: Map<string, number> }[] = [];
      for (const line of lines.filter((line) => line.startsWith('|')).slice(2)) {
        const [, name = '', stack = '', , cpu] = line.split('|').map((cell) => cell.trim());
        if (name) jobs.push({ name, cpu: new Map() });
        // A stack that failed has words there.
        if (Number(cpu) > 0) jobs.at(-1)?.cpu.set(stack, Number(cpu));
      }
      return jobs.flatMap(({ name, cpu }) => {
        const [size = '', streams] = name.split(' × ');
        return streams === '1' ? [{ work: title.replace(/,.*/, ''), size, cpu }] : [];
      });
    });
}

/** The CPU of one stack as a multiple of that of another one; undefined where one of them is missing. */
export function ratioOf({ cpu }: OneStream, stack: string, reference: string): number | undefined {
  const [one, other] = [cpu.get(stack), cpu.get(reference)];
  return one && other && one / other;
}

/** A ratio with two decimals, a small one with two digits. */
export function ratioName(ratio: number): string {
  return number(ratio, ratio < 0.1 ? 3 : 2);
}
