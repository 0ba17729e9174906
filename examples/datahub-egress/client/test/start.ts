import { join } from 'node:path';
import { credentials, InterceptingCall, type Interceptor } from '@grpc/grpc-js';
import { EgressClient, IngestClient } from 'datahub-proto';
import { Program, soon } from 'testing';
import { afterAll } from 'vitest';
import { type Handlers, listen } from './datahub-peer.ts';

/** What to stop when the tests of the file are finished; the tests that run at the same time cannot each have theirs. */
const stops: (() => unknown)[] = [];
afterAll(() => Promise.all(stops.map((stop) => stop())));

export const cwd = join(import.meta.dirname, '..');

/** The command line of the real client. */
export const client = (address: string, ...args: string[]): string[] => [
  ...['node', '--import', 'tsx', 'src/main.ts', '--address', address],
  ...args,
];

/** Starts a program in the client's folder; it is stopped after the tests. */
export function start(command: readonly string[]): Program {
  const program = new Program(command, { cwd });
  stops.push(() => program[Symbol.asyncDispose]());
  return program;
}

/**
 * Starts a stranger's server; it is stopped after the tests.
 *
 * @returns its address
 */
export async function serve(handlers: Handlers): Promise<string> {
  const server = await listen(handlers);
  stops.push(() => server.stop());
  return server.address;
}

/** Our clients have no deadline of their own, so the channel puts one on each call. */
const withDeadline =
  (milliseconds?: number): Interceptor =>
  (options, next) =>
    new InterceptingCall(next({ ...options, ...soon(milliseconds) }));

/** Connects our clients; they are closed after the tests. */
export function connect(address: string, deadlineMs?: number): { egress: EgressClient; ingest: IngestClient } {
  const options = { interceptors: [withDeadline(deadlineMs)] };
  const egress = new EgressClient(address, credentials.createInsecure(), options);
  const ingest = new IngestClient(address, credentials.createInsecure(), options);
  stops.push(
    () => egress.close(),
    () => ingest.close(),
  );
  return { egress, ingest };
}
