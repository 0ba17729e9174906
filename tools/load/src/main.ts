// Holds many streams on one server, from other processes: `pnpm --filter load load --help`.
import { setTimeout as delay } from 'node:timers/promises';
import { Command } from '@commander-js/extra-typings';
import { wholeNumber } from 'grpc-program/options';
import { Child } from './child.ts';
import { faultsOf, type Result, reportOf } from './report.ts';
import { type ClientReport, type ServerState, sumOf } from './tally.ts';

const PROCESSES = 4;
/** A server takes 1,000 by default; a newcomer may come before the one that it replaces has ended. */
const STREAMS_PER_CONNECTION = 900;
const MESSAGES_PER_SECOND = 2_000;
/** How long anything may take beside the talking. */
const LONGEST_MS = 120_000;
const CLEAN_WITHIN_MS = 10_000;

const command = new Command('load')
  .description('Holds many streams on one server, ends some of them in every way, and reports the results.')
  .helpOption('-h, --help', 'show this help')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .option('--streams <n>', 'how many streams to hold open at once', wholeNumber(PROCESSES, 100_000), 1_000)
  .option(
    '--connections <n>',
    `how many the ${PROCESSES} client processes open together (default: enough)`,
    wholeNumber(PROCESSES, 1_000),
  )
  .option('--seconds <n>', 'how many seconds they talk', wholeNumber(1, 600), 10)
  .action(async ({ streams, connections, seconds }) => {
    const needed = PROCESSES * Math.ceil(Math.ceil(streams / PROCESSES) / STREAMS_PER_CONNECTION);
    if (connections !== undefined && connections < needed) {
      throw new Error(`${streams} streams need --connections ${needed} or more: a server takes 1,000 on one`);
    }
    setTimeout(
      () => {
        console.error('Error: the load took too long and was given up');
        process.exit(1);
      },
      LONGEST_MS + seconds * 1_000,
    ).unref();
    const result = await load(streams, connections ?? needed, seconds);
    progress('');
    console.log(reportOf(result));
    if (faultsOf(result).length > 0) process.exitCode = 1;
  });

async function load(streams: number, connections: number, seconds: number): Promise<Result> {
  const server = new Child<ServerState>('server.ts');
  const before = await server.reports();

  const openedAt = performance.now();
  const clients = Array.from({ length: PROCESSES }, (_, i) => {
    const args = [`127.0.0.1:${before.port}`, shareOf(streams, i), shareOf(connections, i)];
    return new Child<ClientReport>('client.ts', args);
  });
  const tally = () => sumOf(clients.flatMap(({ last }) => last?.tally ?? []));
  const showing = setInterval(() => {
    const { accepted, sent, lost } = tally();
    progress(`${accepted} streams accepted, ${sent} messages sent, ${lost} lost`);
  }, 500);
  const done = (of: readonly Child<ClientReport>[]) =>
    Promise.all(of.map((client) => client.reports(({ is }) => is === 'done')));

  await done(clients);
  const openingSeconds = (performance.now() - openedAt) / 1_000;
  const idle = await stateOf(server);

  const [victim, ...others] = clients as [Child<ClientReport>, ...Child<ClientReport>[]];
  const talked = done(others);
  for (const client of clients) {
    client.send({ milliseconds: seconds * 1_000, messagesPerSecond: MESSAGES_PER_SECOND / PROCESSES });
  }
  await delay(seconds * 500);
  victim.signal('SIGKILL');
  await talked;

  const ended = done(others);
  for (const client of others) client.send({});
  await ended;
  await Promise.all(clients.map(({ exit }) => exit));
  clearInterval(showing);

  const after = await cleanStateOf(server);
  server.signal('SIGTERM');
  const serverExit = await Promise.race([server.exit, delay(CLEAN_WITHIN_MS, 'SIGKILL' as const, { ref: false })]);
  const killed = shareOf(streams, 0);
  return {
    streams,
    processes: PROCESSES,
    connections,
    seconds,
    openingSeconds,
    tally: tally(),
    killed,
    before,
    idle,
    after,
    serverExit,
  };
}

function stateOf(server: Child<ServerState>): Promise<ServerState> {
  const state = server.reports();
  server.send({});
  return state;
}

/** The state of the server once nothing is open, or when the time for that is up. */
async function cleanStateOf(server: Child<ServerState>): Promise<ServerState> {
  const end = performance.now() + CLEAN_WITHIN_MS;
  for (;;) {
    const state = await stateOf(server);
    if ((state.openCalls === 0 && state.sockets === 0) || performance.now() > end) return state;
  }
}

/** The part of the process with this index, so that all parts together are the whole. */
function shareOf(whole: number, index: number): number {
  return Math.floor((whole * (index + 1)) / PROCESSES) - Math.floor((whole * index) / PROCESSES);
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

try {
  await command.parseAsync();
} catch (error) {
  console.error(`Error: ${(error as Error).message}`);
  process.exitCode = 1;
}
