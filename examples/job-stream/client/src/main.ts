import { setTimeout as delay } from 'node:timers/promises';
import { clientCommand, connect, print, runClient } from 'grpc-program/client';
import { wholeNumber } from 'grpc-program/options';
import { descriptorSet, JobServiceClient } from 'job-proto';
import { doJob } from './do-job.ts';
import { stayConnected } from './stay-connected.ts';
import { work } from './work.ts';

/**
 * The channel looks for the master whenever a session is tried: {@link stayConnected} has its own backoff. That of
 * grpc-js, up to two minutes, would fail a call without even looking.
 */
const NO_BACKOFF = { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 100 };

await runClient((interrupted) =>
  clientCommand('job-client', {
    address: 'localhost:50052',
    server: 'pnpm --filter job-server start',
    description:
      'Runs a worker: it does the jobs that the master sends, until the master shuts it down. Start several.',
    descriptorSet,
  })
    .option(
      '--delay <ms>',
      'wait this long before each job, so that you can watch the run',
      wholeNumber(0, 999_999_999),
      0,
    )
    .action(async ({ delay: delayMs, ...target }) => {
      const client = connect(JobServiceClient, target, NO_BACKOFF);
      const perform = async (parts: Parameters<typeof doJob>[0]) => {
        await delay(delayMs);
        return doJob(parts);
      };
      await stayConnected((onRegistered) => work(client, { print, onRegistered, interrupted, perform }), {
        print,
        interrupted,
      });
    }),
);
