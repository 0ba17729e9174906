import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@grpc-by-example/testing';
import { type RunningServer, type StartServerOptions, startServer } from 'grpc-program/server';
import { JobServiceService } from 'job-proto';
import { onTestFinished } from 'vitest';
import type { Job } from '../../proto/test/contract.mts';
import { countsOf } from '../../proto/test/count-independently.mts';
import { type CountRun, startCount } from '../src/count-run.ts';
import { type Plan, plan } from '../src/counting/plan.ts';
import { answer } from './answer.ts';
import { JobPeer, type Session } from './job-peer.ts';

export interface MasterServer {
  readonly server: RunningServer;
  readonly run: CountRun;
  readonly plan: Plan;
  readonly output: string;
  readonly log: string[];
  /** A new worker, on a connection of its own. */
  connect(): JobPeer;
  /** Stops the server and its run, as Ctrl-C does. */
  stop(): Promise<void>;
}

/** Starts a master over these files on a free port; it and its workers are closed when the test is finished. */
export async function serve(
  paths: readonly string[],
  {
    jobMs = 60_000,
    output = join(temporaryFolder(), 'counts.tsv'),
    ...options
  }: { jobMs?: number; output?: string } & StartServerOptions = {},
): Promise<MasterServer> {
  const log: string[] = [];
  const planned = plan(paths);
  const run = startCount(planned, { output, jobMs, log: (line) => log.push(line) });
  const server = await startServer([[JobServiceService, run.service]], options);
  const peers: JobPeer[] = [];
  async function stop(): Promise<void> {
    await server.stop();
    await run.stop();
  }
  onTestFinished(async () => {
    for (const peer of peers) peer.close();
    server.forceStop();
    await run.stop();
  });
  return {
    server,
    run,
    plan: planned,
    output,
    log,
    connect() {
      const peer = new JobPeer(server.port);
      peers.push(peer);
      return peer;
    },
    stop,
  };
}

/**
 * Does the jobs of a session as an honest worker does, until it is shut down.
 *
 * @param jobs do so many at most
 * @param from how many messages of the session were read before
 * @returns the ids of the jobs that it did
 */
export async function workHonestly(
  session: Session,
  {
    jobs = Number.POSITIVE_INFINITY,
    from = 0,
    takeTime = async () => {},
  }: { jobs?: number; from?: number; takeTime?: () => Promise<void> } = {},
): Promise<string[]> {
  const done: string[] = [];
  let parts: Job[] = [];
  for (let read = from; done.length < jobs; read++) {
    const { job, shutdown } = (await session.received(read + 1))[read] ?? {};
    if (shutdown) {
      session.send({ shutdown_reply: { jobs_done: `${done.length}` } });
      break;
    }
    if (!job) throw new Error('neither a job nor a shutdown');
    parts.push(job);
    if (job.more) continue;
    await takeTime();
    session.send({ job_reply: answer(parts) });
    done.push(job.id ?? '');
    parts = [];
  }
  return done;
}

/** The counts in the file of a result. */
export function countsIn(path: string): Record<string, number> {
  return countsOf(readFileSync(path, 'utf8'));
}
