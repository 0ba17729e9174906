import { join } from 'node:path';
import { credentials, InterceptingCall, type Interceptor } from '@grpc/grpc-js';
import { JobServiceClient } from 'job-proto';
import { Program, soon } from 'testing';
import { afterAll } from 'vitest';
import { listen, type PeerSession } from './job-peer.ts';

/** What to stop when the tests of the file are finished; tests that run at the same time cannot each have theirs. */
const stops: (() => unknown)[] = [];
afterAll(() => Promise.all(stops.map((stop) => stop())));

export const cwd = join(import.meta.dirname, '..');

/** The command line of the real worker. */
export const worker = (address: string, ...args: string[]): string[] => [
  ...['node', '--import', 'tsx', 'src/main.ts', '--address', address],
  ...args,
];

/** Starts a program in the worker's folder; it is stopped after the tests. */
export function start(command: readonly string[]): Program {
  const program = new Program(command, { cwd });
  stops.push(() => program[Symbol.asyncDispose]());
  return program;
}

/** Starts a stranger's master; it is stopped after the tests. */
export async function serve(
  onSession: (session: PeerSession) => void,
  port?: number,
): Promise<{ address: string; port: number; stop(): void }> {
  const server = await listen(onSession, port);
  stops.push(() => server.stop());
  return server;
}

/** The session of a worker has no deadline of its own, so the channel puts one on each call. */
const withDeadline: Interceptor = (options, next) => new InterceptingCall(next({ ...options, ...soon(10_000) }));

/** Connects our worker; it is closed after the tests. */
export function connect(address: string): JobServiceClient {
  const client = new JobServiceClient(address, credentials.createInsecure(), {
    interceptors: [withDeadline],
    'grpc.initial_reconnect_backoff_ms': 50,
    'grpc.max_reconnect_backoff_ms': 100,
  });
  stops.push(() => client.close());
  return client;
}
