import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { number, table } from './table.ts';

const TOP = 12;

interface CpuProfile {
  readonly nodes: readonly { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Writes a profile to the folder and gives a table of the functions that took the most time themselves. */
export async function reportProfile(text: string, folder: string, name: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${name}.cpuprofile`);
  await writeFile(file, text);
  const { nodes, samples, timeDeltas } = JSON.parse(text) as CpuProfile;
  const functions = new Map(nodes.map(({ id, callFrame }) => [id, describe(callFrame)]));
  const times = new Map<string, number>();
  let total = 0;
  for (const [index, id] of samples.entries()) {
    const name = functions.get(id) ?? '?';
    // A sample says what runs until the next one.
    const time = (timeDeltas[index + 1] ?? 0) / 1_000;
    times.set(name, (times.get(name) ?? 0) + time);
    total += time;
  }
  const top = [...times].sort(([, a], [, b]) => b - a).slice(0, TOP);
  const rows = top.map(([name, time]) => [name, number(time), `${number((100 * time) / total, 1)} %`]);
  return `${file}\n\n${table(['function', 'self ms', 'share'], rows)}\n`;
}

function describe({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const place = url.replace(/^.*\/(?=[^/]*\/[^/]*$)/, '');
  return `${functionName || '(anonymous)'}${place && ` ${place}:${lineNumber + 1}`}`;
}
