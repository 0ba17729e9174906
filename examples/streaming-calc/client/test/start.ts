import { join } from 'node:path';
import { credentials, InterceptingCall, type Interceptor } from '@grpc/grpc-js';
import { StreamingCalcServiceClient } from 'calc-proto';
import { STREAMING } from 'grpc-streams';
import { Program, soon } from 'testing';
import { afterAll } from 'vitest';
import { listen, type PeerCalc } from './calc-peer.ts';

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
export async function serve(calc?: PeerCalc, replyBytes?: Buffer): Promise<string> {
  const server = await listen(calc, replyBytes);
  stops.push(() => server.stop());
  return server.address;
}

/** The client has no deadline of its own, so the channel puts one on each call. */
const withDeadline =
  (milliseconds?: number): Interceptor =>
  (options, next) =>
    new InterceptingCall(next({ ...options, ...soon(milliseconds) }));

/** Connects our client; it is closed after the tests. */
export function connect(address: string, deadlineMs?: number): StreamingCalcServiceClient {
  const options = { ...STREAMING, interceptors: [withDeadline(deadlineMs)] };
  const client = new StreamingCalcServiceClient(address, credentials.createInsecure(), options);
  stops.push(() => client.close());
  return client;
}
