import { join } from 'node:path';
import { credentials, InterceptingCall, type Interceptor } from '@grpc/grpc-js';
import { STREAMING } from 'grpc-streams';
import { MessageRequest, MessageServiceClient } from 'message-proto';
import { Program, soon } from 'testing';
import { afterAll, onTestFinished } from 'vitest';
import { streamMessages } from '../src/stream-messages.ts';
import { listen, type PeerCall } from './message-peer.ts';

/** Longer than any test runs: the first tick is the only one. */
export const NEVER = 3_600_000;

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
export async function serve(service: (call: PeerCall) => void): Promise<string> {
  const server = await listen(service);
  stops.push(() => server.stop());
  return server.address;
}

/** The client has no deadline of its own, so the channel puts one on each call. */
const withDeadline =
  (milliseconds: number): Interceptor =>
  (options, next) =>
    new InterceptingCall(next({ ...options, ...soon(milliseconds) }));

export interface Streaming {
  readonly printed: string[];
  /** How often the ticker has ticked. */
  ticks(): number;
  interrupt(): void;
  readonly ended: Promise<void>;
}

/** Streams messages with this server, until the test is finished at the latest. */
export async function startStreaming(
  service: (call: PeerCall) => void,
  {
    text = 'Hello, world!',
    deadlineMs = 4_000,
    ...options
  }: { text?: string; deadlineMs?: number; intervalMs: number; count?: number; orderlyEndMs?: number },
): Promise<Streaming> {
  const client = new MessageServiceClient(await serve(service), credentials.createInsecure(), {
    ...STREAMING,
    interceptors: [withDeadline(deadlineMs)],
  });
  stops.push(() => client.close());
  const printed: string[] = [];
  const interruption = new AbortController();
  let ticks = 0;
  const ended = streamMessages(client, {
    ...options,
    message: () => {
      ticks += 1;
      return new MessageRequest().setName(text);
    },
    print: (line) => printed.push(line),
    interrupted: interruption.signal,
  });
  ended.catch(() => {}); // the test awaits it later
  onTestFinished(() => interruption.abort());
  return { printed, ticks: () => ticks, interrupt: () => interruption.abort(), ended };
}
