import { join } from 'node:path';
import { credentials, InterceptingCall, type Interceptor } from '@grpc/grpc-js';
import { PhoneClient } from 'call-proto';
import { Program, soon } from 'testing';
import { afterAll } from 'vitest';
import { makeCall } from '../src/make-call.ts';
import { listen, type PeerCall } from './phone-peer.ts';

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
export async function serve(streamCall: (call: PeerCall) => void): Promise<string> {
  return stoppedLater(await listen(streamCall));
}

export function stoppedLater(server: { address: string; stop(): void }): string {
  stops.push(() => server.stop());
  return server.address;
}

/** The client of a call has no deadline of its own, so the channel puts one on each call. */
const withDeadline =
  (milliseconds?: number): Interceptor =>
  (options, next) =>
    new InterceptingCall(next({ ...options, ...soon(milliseconds) }));

/** Connects our client; it is closed after the tests. */
export function connect(address: string, deadlineMs?: number): PhoneClient {
  const client = new PhoneClient(address, credentials.createInsecure(), { interceptors: [withDeadline(deadlineMs)] });
  stops.push(() => client.close());
  return client;
}

export interface Outcome {
  readonly printed: string[];
  /** What the call gave: whether it was answered, or what it threw. */
  readonly result: unknown;
}

/** Makes a call to this address, and gives what came of it. */
export async function callTo(
  address: string,
  {
    interrupted = new AbortController().signal,
    printed = [],
    orderlyEndMs = 5_000,
    deadlineMs,
  }: { interrupted?: AbortSignal; printed?: string[]; orderlyEndMs?: number; deadlineMs?: number } = {},
): Promise<Outcome> {
  const print = (line: string) => printed.push(line);
  const result = await makeCall(connect(address, deadlineMs), '123', { print, interrupted, orderlyEndMs }).catch(
    (error: unknown) => error,
  );
  return { printed, result };
}
