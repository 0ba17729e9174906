import { join } from 'node:path';
import { credentials, InterceptingCall, type Interceptor } from '@grpc/grpc-js';
import { soon, stopLater } from '@grpc-by-example/testing';
import { ClientProgram } from '@grpc-by-example/testing/program-tests';
import { JobServiceClient } from 'job-proto';
import { listen, type PeerSession } from './job-peer.ts';

export const program = new ClientProgram('job-client', join(import.meta.dirname, '..'));

/** Starts a stranger's master; it is stopped after the tests. */
export async function serve(
  onSession: (session: PeerSession) => void,
  port?: number,
): Promise<{ address: string; port: number; stop(): void }> {
  const server = await listen(onSession, port);
  stopLater(() => server.stop());
  return server;
}

/** The session of a worker has no deadline of its own, so the channel puts one on each call. */
const withDeadline: Interceptor = (options, next) => new InterceptingCall(next({ ...options, ...soon() }));

/** Connects our worker; it is closed after the tests. */
export function connect(address: string): JobServiceClient {
  const client = new JobServiceClient(address, credentials.createInsecure(), {
    interceptors: [withDeadline],
    'grpc.initial_reconnect_backoff_ms': 50,
    'grpc.max_reconnect_backoff_ms': 100,
  });
  stopLater(() => client.close());
  return client;
}
