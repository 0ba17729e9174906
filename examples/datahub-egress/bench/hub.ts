// What the hub can do: packages per second to 1, 100 and 1,000 subscribers of one tag, the time from the ingest to the
// last of them, and the memory that subscribers who do not read cost. Server and clients are processes of their own.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { credentials } from '@grpc/grpc-js';
import { Program, run } from '@grpc-by-example/testing';
import { IngestClient, RequestSendDataPackageStream, type ResponseSendDataPackage } from 'datahub-proto';
import { clientStreamingCall, STREAMING } from 'grpc-streams';

/** About as much work each: what counts is how many packages go out. */
const ROUNDS = [
  { subscribers: 1, packages: 50_000 },
  { subscribers: 100, packages: 2_000 },
  { subscribers: 1_000, packages: 200 },
];
const SLOW_SUBSCRIBERS = 10;

const folder = join(import.meta.dirname, '..');
const script = (name: string, ...args: (string | number)[]) => ['node', '--import', 'tsx', name, ...args.map(String)];
const rounded = (value: number) => Math.round(value).toLocaleString('en');

async function startServer(): Promise<{ server: Program; address: string }> {
  const server = new Program(script('src/main.ts', '--port', 0), { cwd: join(folder, 'server') });
  const [, address = ''] = await server.prints(/ listens on (\S+)\./);
  return { server, address };
}

/** In MiB; only Linux tells. */
function rssOf({ pid }: Program): number {
  if (process.platform !== 'linux') return Number.NaN;
  return Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)?.[1]) / 1024;
}

console.log(`The hub, Node ${process.version}`);
for (const { subscribers, packages } of ROUNDS) {
  const { server, address } = await startServer();
  await using _server = server;
  const { exit, stdout, stderr } = await run(script('bench/hub-client.ts', address, subscribers, packages), {
    cwd: folder,
  });
  if (exit !== 0) throw new Error(stderr);
  const { perSecond, p50, p99 }: { perSecond: number; p50: number; p99: number } = JSON.parse(stdout);
  console.log(
    `  ${rounded(subscribers).padStart(5)} subscribers: ${rounded(perSecond).padStart(6)} packages/s in, ` +
      `${rounded(perSecond * subscribers).padStart(7)} out; ` +
      `from the ingest to the last subscriber ${p50.toFixed(2)} ms (p50), ${p99.toFixed(2)} ms (p99)`,
  );
}

const { server, address } = await startServer();
await using _server = server;
const client = new IngestClient(address, credentials.createInsecure(), STREAMING);

/** Sends under the tag of the slow subscribers, and gives the server's memory after that. */
async function sendToSlow(): Promise<number> {
  const ingest = clientStreamingCall<RequestSendDataPackageStream, ResponseSendDataPackage>((callback) =>
    client.sendDataPackagesStream(callback),
  );
  const dataPackage = new RequestSendDataPackageStream()
    .setTelemetryguid(randomUUID())
    .setTrackingguid(randomUUID())
    .setTagname('slow')
    .setTagvalue('x'.repeat(10_000));
  await ingest.sendAll(Array.from({ length: 5_000 }, () => dataPackage));
  await ingest.response;
  return rssOf(server);
}

for (let n = 0; n < 3; n++) await sendToSlow();
const without = await sendToSlow();
await using slow = new Program(script('bench/slow-subscribers.ts', address, SLOW_SUBSCRIBERS), { cwd: folder });
await slow.prints(/all subscribed/);
const subscribed = await sendToSlow();
console.log(
  `  5,000 packages of 10 kB to ${SLOW_SUBSCRIBERS} subscribers that do not read: the server grew by ` +
    `${rounded(subscribed - without)} MiB, and by ${rounded((await sendToSlow()) - subscribed)} MiB with 5,000 more`,
);
server.signal('SIGTERM');
