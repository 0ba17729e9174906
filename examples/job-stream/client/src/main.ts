import { setTimeout as delay } from 'node:timers/promises';
import type { ChannelCredentials, ChannelOptions } from '@grpc/grpc-js';
import { clientCommand, connect, runClient } from 'grpc-service/client';
import { JobServiceClient } from 'job-proto';
import { doJob } from './do-job.ts';
import { milliseconds } from './milliseconds.ts';
import { stayConnected } from './stay-connected.ts';
import { work } from './work.ts';

/**
 * Connects whenever a session is tried: {@link stayConnected} has a backoff of its own. That of grpc-js, up to two
 * minutes, would let a call fail without a look for the master.
 */
class WorkerClient extends JobServiceClient {
  constructor(address: string, credentials: ChannelCredentials, options: ChannelOptions) {
    const noBackoff = { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 100 };
    super(address, credentials, { ...options, ...noBackoff });
  }
}

await runClient((interrupted) =>
  clientCommand('job-client', {
    address: 'localhost:50052',
    description: 'A worker: does the jobs that the master sends, until the master shuts it down. Start several.',
  })
    .option('--delay <ms>', 'take so much longer for each job, to watch', milliseconds, 0)
    .action(async ({ delay: delayMs, ...target }) => {
      const client = connect(WorkerClient, target);
      const print = console.log;
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
