// What the session costs: empty jobs per second, and MiB of word count per second, with the master in this process and
// the workers in others; against the same jobs in one process without gRPC. What counts is the ratios.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Program, until } from '@grpc-by-example/testing';
import { startServer } from 'grpc-program/server';
import { countWords } from 'job-client/src/count-words.ts';
import { doJob } from 'job-client/src/do-job.ts';
import { Job, JobServiceService } from 'job-proto';
import { WordCountJobs } from 'job-server/src/counting/jobs.ts';
import { fingerprint, plan } from 'job-server/src/counting/plan.ts';
import { jobService } from 'job-server/src/job-service.ts';
import { Journal } from 'job-server/src/journal/journal.ts';
import { type Jobs, Master } from 'job-server/src/scheduling/master.ts';
import { cpuSeconds } from './cpu-seconds.ts';
import { writeZipfText } from './zipf-text.ts';

const ROUNDS = 3;
const EMPTY_JOBS = 20_000;
const MIB = 48;

interface Cost {
  readonly seconds: number;
  /** The processor time of this process, and of the workers. */
  readonly cpu: number;
  readonly workersCpu: number;
}

const folder = mkdtempSync(join(tmpdir(), 'job-bench-'));
const text = join(folder, 'text.txt');

async function costOf(run: () => unknown): Promise<Cost> {
  const start = performance.now();
  const cpuAtStart = cpuSeconds();
  await run();
  return { seconds: (performance.now() - start) / 1_000, cpu: cpuSeconds() - cpuAtStart, workersCpu: 0 };
}

/** Does the jobs with this many workers in each of these processes, starting when all are connected. */
async function throughSessions(jobs: Jobs, processes: readonly number[], ...args: string[]): Promise<Cost> {
  let begin: (master: Master) => void = () => {};
  const starting = new Promise<Master>((resolve) => {
    begin = resolve;
  });
  const server = await startServer([[JobServiceService, jobService(starting)]]);
  const programs = processes.map((count) => {
    const command = ['node', '--import', 'tsx', 'bench/workers.ts', `localhost:${server.port}`, `${count}`, ...args];
    return new Program(command, { cwd: join(import.meta.dirname, '..') });
  });
  const workers = processes.reduce((sum, count) => sum + count);
  await until(() => server.openCalls.size === workers);
  const cost = await costOf(() => {
    const master = new Master(jobs, { jobMs: 60_000, log: () => {} });
    begin(master);
    return master.done;
  });
  await (await starting).dismissAll();
  let workersCpu = 0;
  for (const program of programs) {
    await program.ended;
    workersCpu += Number(program.stdout);
  }
  await server.stop();
  return { ...cost, workersCpu };
}

const emptyJobs: Jobs = {
  phases: [Array.from({ length: EMPTY_JOBS }, (_, n) => `empty-${n}`)],
  isDone: () => false,
  async *messages({ id, attempt }) {
    yield new Job().setId(id).setAttempt(attempt);
  },
  record: async () => {},
};

/** A word count with a journal of its own. */
async function countText(run: (jobs: WordCountJobs) => Promise<Cost>): Promise<Cost> {
  const planned = plan([text]);
  const journal = await Journal.open(join(folder, 'journal'), fingerprint(planned), { fresh: true });
  const cost = await run(new WordCountJobs(planned, journal));
  await journal.close();
  return cost;
}

async function doHere(jobs: WordCountJobs): Promise<void> {
  for (const id of jobs.phases.flat()) {
    const parts: Job[] = [];
    for await (const part of jobs.messages({ id, attempt: 1 })) parts.push(part);
    await jobs.record(id, doJob(parts));
  }
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const rounded = (value: number) => (value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en'));
const print = (name: string, value: number, unit: string) =>
  console.log(`  ${name.padEnd(28)}${rounded(value).padStart(8)} ${unit}`);

console.log(`Empty jobs through the session, median of ${ROUNDS}, Node ${process.version}`);
for (const [name, processes] of [
  ['1 worker', [1]],
  ['2 workers', [1, 1]],
  ['100 workers', [50, 50]],
] as const) {
  const costs: Cost[] = [];
  for (let round = 0; round < ROUNDS; round++) costs.push(await throughSessions(emptyJobs, processes, 'empty'));
  print(name, EMPTY_JOBS / median(costs.map(({ seconds }) => seconds)), 'jobs/s');
}

writeZipfText(text, MIB);
const ways = {
  'one count, no jobs': () => costOf(() => countWords(readFileSync(text, 'utf8'), new Map())),
  'the jobs without gRPC': () => countText((jobs) => costOf(() => doHere(jobs))),
  '1 worker': () => countText((jobs) => throughSessions(jobs, [1])),
  '2 workers': () => countText((jobs) => throughSessions(jobs, [1, 1])),
};
const costs = Object.entries(ways).map(([name, run]) => ({ name, run, all: [] as Cost[] }));
for (let round = 0; round < ROUNDS; round++) for (const { run, all } of costs) all.push(await run());

console.log(`The words of ${MIB} MiB, median of ${ROUNDS} rounds`);
for (const { name, all } of costs) print(name, MIB / median(all.map(({ seconds }) => seconds)), 'MiB/s');
const [, here = [], one = []] = costs.map(({ all }) => all);
const shares = one.map(({ cpu, workersCpu }, round) => 1 - (here[round]?.cpu ?? Number.NaN) / (cpu + workersCpu));
print('the session takes', 100 * median(shares), '% of the processor time of 1 worker and its master');
print('the master takes', (1_000 * median(one.map(({ cpu }) => cpu))) / MIB, 'ms of processor time for each MiB');
rmSync(folder, { recursive: true });
