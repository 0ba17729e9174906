// Values per second on one stream: this project's server and client, exact, against plain grpc-js with default options
// and generated code, each program in a process of its own, in turns. Absolute numbers differ from machine to machine;
// the ratio is what counts.
import { join } from 'node:path';
import { Program, run } from '@grpc-by-example/testing';

const PAIRS = 3;
/** Plain grpc-js keeps 150,000 such small messages for a retry; for each one after them it walks that list. */
const CASES = [
  { method: 'sum', values: 100_000 },
  { method: 'sum', values: 160_000 },
  { method: 'incrementalSum', values: 50_000 },
] as const;

interface Result {
  perSecond: number;
  peakMiB: number;
  growthMiB: number;
}

const folder = join(import.meta.dirname, '..');
const node = (...args: string[]) => ['node', '--import', 'tsx', ...args];
await using plainServer = new Program(node('bench/plain-server.ts'), { cwd: folder });
await using ourServer = new Program(node('src/main.ts', '--port', '0'), { cwd: join(folder, 'server') });
const [plainAddress = '', ourAddress = ''] = await Promise.all(
  [plainServer, ourServer].map(async (server) => (await server.prints(/ listens on (\S+)\./))[1]),
);

async function measure(kind: 'plain' | 'grpc-streams', method: string, values: number): Promise<Result> {
  const address = kind === 'plain' ? plainAddress : ourAddress;
  const client = node('bench/sum-client.ts', kind, method, address, String(values));
  const { exit, stdout, stderr } = await run(client, { cwd: folder });
  if (exit !== 0) throw new Error(`${kind}: ${stderr}`);
  return JSON.parse(stdout);
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const rounded = (value: number) => Math.round(value).toLocaleString('en');

console.log(`One stream, median of ${PAIRS} pairs, Node ${process.version}`);
for (const { method, values } of CASES) {
  const plain: Result[] = [];
  const ours: Result[] = [];
  for (let pair = 1; pair <= PAIRS; pair++) {
    if (process.stderr.isTTY) process.stderr.write(`\r${method}: pair ${pair} of ${PAIRS} `);
    plain.push(await measure('plain', method, values));
    ours.push(await measure('grpc-streams', method, values));
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');

  console.log(`${method}, ${rounded(values)} values`);
  for (const [name, results] of [
    ['plain grpc-js', plain],
    ['grpc-streams', ours],
  ] as const) {
    const perSecond = rounded(median(results.map((result) => result.perSecond))).padStart(8);
    const [peak, growth] = (['peakMiB', 'growthMiB'] as const).map((key) =>
      rounded(median(results.map((result) => result[key]))),
    );
    console.log(
      `  ${name.padEnd(14)}${perSecond} values/s, client's peak ${peak} MiB, ${growth} MiB of it in the second half`,
    );
  }
  const ratios = ours.map((result, index) => result.perSecond / (plain[index]?.perSecond ?? Number.NaN));
  console.log(`  grpc-streams is ${median(ratios).toFixed(1)} times as fast`);
}
