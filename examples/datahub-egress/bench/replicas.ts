// What replicas of the hub cost, and give, beside one process alone: packages per second, the time from the ingest to
// the last subscriber, and CPU, for 1, 100 and 1,000 subscribers of one tag that are spread over 1, 2 and 4 servers on
// one NATS server. All are processes of one machine, so read the ratios. Prints a table, and progress on stderr.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findNatsServer, GET_NATS_SERVER, NatsServer, Program, run, stopAll } from '@grpc-by-example/testing';

const ROUNDS = 3;
/** About as much work each: what counts is how many packages go out. */
const WORK = [
  { subscribers: 1, packages: 20_000 },
  { subscribers: 100, packages: 1_000 },
  { subscribers: 1_000, packages: 100 },
];
const ALONE = 'one process alone';
const REPLICAS = [1, 2, 4];
const HEAD = ['subscribers', 'servers', 'packages/s out', 'p50 ms', 'p99 ms', 'busiest server', 'broker'];

const folder = join(import.meta.dirname, '..');
const script = (name: string, ...args: string[]) => ['node', '--import', 'tsx', name, ...args];
const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const rounded = (value: number) => Math.round(value).toLocaleString('en');

async function startServer(...args: string[]): Promise<{ server: Program; address: string }> {
  const server = new Program(script('src/main.ts', '--port', '0', ...args), { cwd: join(folder, 'server') });
  const [, address = ''] = await server.prints(/ listens on (\S+)\./);
  return { server, address };
}

/** The CPU seconds of a process so far, by Linux. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

interface Measured {
  readonly out: number;
  readonly p50: number;
  readonly p99: number;
  /** In microseconds for each package that goes out. */
  readonly server: number;
  readonly broker: number;
}

async function measure(replicas: number, { subscribers, packages }: (typeof WORK)[number]): Promise<Measured> {
  const nats = replicas > 0 ? await NatsServer.start(findNatsServer() ?? '') : undefined;
  const args = nats ? ['--broker', nats.url] : [];
  const servers = await Promise.all(Array.from({ length: Math.max(1, replicas) }, () => startServer(...args)));
  try {
    const pids = servers.map(({ server }) => server.pid);
    const cpu = () => [nats ? cpuOf(nats.pid) : 0, ...pids.map(cpuOf)];
    const before = cpu();
    const addresses = servers.map(({ address }) => address).join(',');
    const client = script('bench/hub-client.ts', addresses, `${subscribers}`, `${packages}`);
    const { exit, stdout, stderr } = await run(client, { cwd: folder });
    if (exit !== 0) throw new Error(stderr);
    const [broker = 0, ...used] = cpu().map((seconds, n) => seconds - (before[n] ?? 0));
    const { perSecond, p50, p99, sent }: { perSecond: number; p50: number; p99: number; sent: number } =
      JSON.parse(stdout);
    const each = (seconds: number) => (seconds / (sent * subscribers)) * 1e6;
    return { out: perSecond * subscribers, p50, p99, server: each(Math.max(...used)), broker: each(broker) };
  } finally {
    for (const { server } of servers) await server[Symbol.asyncDispose]();
    await stopAll();
  }
}

if (!findNatsServer()) {
  console.error(`Error: nats-server is not here: ${GET_NATS_SERVER}`);
  process.exit(1);
}
console.log(`Node ${process.version}, median of ${ROUNDS} rounds; CPU in µs for each package that goes out.\n`);
console.log(`| ${HEAD.join(' | ')} |\n|${HEAD.map((_, n) => (n < 2 ? ' --- |' : ' ---: |')).join('')}`);
for (const work of WORK) {
  for (const replicas of [0, ...REPLICAS]) {
    const all: Measured[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      if (process.stderr.isTTY) console.error(`${work.subscribers} subscribers, ${replicas || ALONE}, round ${round}`);
      all.push(await measure(replicas, work));
    }
    const of = (what: keyof Measured) => median(all.map((measured) => measured[what]));
    const cells = [
      rounded(work.subscribers),
      replicas === 0 ? ALONE : `${replicas} on NATS`,
      rounded(of('out')),
      of('p50').toFixed(2),
      of('p99').toFixed(2),
      of('server').toFixed(1),
      replicas === 0 ? '–' : of('broker').toFixed(1),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}
