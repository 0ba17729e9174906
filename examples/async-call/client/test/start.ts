import { join } from 'node:path';
import { credentials, InterceptingCall, type Interceptor } from '@grpc/grpc-js';
import { deadlineIn, soon, stopLater } from '@grpc-by-example/testing';
import { ClientProgram } from '@grpc-by-example/testing/program-tests';
import { PhoneClient } from 'call-proto';
import { makeCall } from '../src/make-call.ts';
import { listen, type PeerCall } from './phone-peer.ts';

export const program = new ClientProgram('call-client', join(import.meta.dirname, '..'));

/**
 * Starts a stranger's server; it is stopped after the tests.
 *
 * @returns its address
 */
export async function serve(streamCall: (call: PeerCall) => void): Promise<string> {
  return stoppedLater(await listen(streamCall));
}

export function stoppedLater(server: { address: string; stop(): void }): string {
  stopLater(() => server.stop());
  return server.address;
}

/** The client of a call has no deadline of its own, so the channel puts one on each call. */
const withDeadline =
  (milliseconds?: number): Interceptor =>
  (options, next) =>
    new InterceptingCall(next({ ...options, ...(milliseconds ? deadlineIn(milliseconds) : soon()) }));

/** Connects our client; it is closed after the tests. */
export function connect(address: string, deadlineMs?: number): PhoneClient {
  const client = new PhoneClient(address, credentials.createInsecure(), { interceptors: [withDeadline(deadlineMs)] });
  stopLater(() => client.close());
  return client;
}

export interface Outcome {
  readonly printed: string[];
  /** What the call gave: whether it was answered, or what it threw. */
  readonly result: unknown;
}

/** Longer than any test runs. */
const NEVER = 3_600_000;

/** Makes a call to this address, and gives what came of it. */
export async function callTo(
  address: string,
  {
    interrupted = new AbortController().signal,
    printed = [],
    orderlyEndMs = NEVER,
    deadlineMs,
  }: { interrupted?: AbortSignal; printed?: string[]; orderlyEndMs?: number; deadlineMs?: number } = {},
): Promise<Outcome> {
  const print = (line: string) => printed.push(line);
  const result = await makeCall(connect(address, deadlineMs), '123', { print, interrupted, orderlyEndMs }).catch(
    (error: unknown) => error,
  );
  return { printed, result };
}
