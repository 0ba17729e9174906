// Chat echo on one stream: this project's client against plain grpc-js with default options, the same server, each
// in a process of its own, in turns. Absolute numbers differ from machine to machine; the ratio is what counts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Program, run } from '@grpc-by-example/testing';

const PAIRS = 3;
const MESSAGES = 100_000;

interface Result {
  perSecond: number;
  peakMiB: number;
  growthMiB: number;
}

const folder = join(import.meta.dirname, '..');
await using server = new Program(['node', '--import', 'tsx', 'src/main.ts', '--port', '0'], {
  cwd: join(folder, 'server'),
});
const address = (await server.prints(/ listens on (\S+)\./))[1] ?? '';

async function measure(kind: 'plain' | 'grpc-streams', messages: number): Promise<Result> {
  const command = ['node', '--import', 'tsx', 'bench/echo-client.ts', kind, address, String(messages)];
  const { exit, stdout, stderr } = await run(command, { cwd: folder });
  if (exit !== 0) throw new Error(`${kind}: ${stderr}`);
  return JSON.parse(stdout);
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const rounded = (value: number) => Math.round(value).toLocaleString('en');

/** In MiB; only Linux tells. */
function serverRss(): number {
  if (process.platform !== 'linux') return Number.NaN;
  return Number(readFileSync(`/proc/${server.pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)?.[1]) / 1024;
}
let rssAfterFirstPair = 0;

const plain: Result[] = [];
const ours: Result[] = [];
for (let pair = 1; pair <= PAIRS; pair++) {
  if (process.stderr.isTTY) process.stderr.write(`\rpair ${pair} of ${PAIRS} `);
  plain.push(await measure('plain', MESSAGES));
  ours.push(await measure('grpc-streams', MESSAGES));
  if (pair === 1) rssAfterFirstPair = serverRss();
}
if (process.stderr.isTTY) process.stderr.write('\r');

console.log(`Chat echo, one stream, ${rounded(MESSAGES)} messages, median of ${PAIRS} pairs, Node ${process.version}`);
for (const [name, results] of [
  ['plain grpc-js', plain],
  ['grpc-streams', ours],
] as const) {
  const perSecond = rounded(median(results.map((result) => result.perSecond))).padStart(8);
  const peak = rounded(median(results.map((result) => result.peakMiB)));
  console.log(`  ${name.padEnd(14)}${perSecond} messages/s, client's peak ${peak} MiB`);
}
const ratios = ours.map((result, index) => result.perSecond / (plain[index]?.perSecond ?? Number.NaN));
console.log(`  grpc-streams is ${median(ratios).toFixed(1)} times as fast`);

const grown = rounded(median(ours.map((result) => result.growthMiB)));
console.log(`  the client with grpc-streams grew by ${grown} MiB in the second half of its messages,`);
console.log(`  the server by ${rounded(serverRss() - rssAfterFirstPair)} MiB from the first pair to the last`);
server.signal('SIGTERM');
