import { join } from 'node:path';
import { credentials, InterceptingCall, type Interceptor } from '@grpc/grpc-js';
import { soon, stopLater } from '@grpc-by-example/testing';
import { ClientProgram } from '@grpc-by-example/testing/program-tests';
import { STREAMING } from 'grpc-streams';
import { MessageRequest, MessageServiceClient } from 'message-proto';
import { onTestFinished } from 'vitest';
import { streamMessages } from '../src/stream-messages.ts';
import { listen, type PeerCall } from './message-peer.ts';

/** Longer than any test runs: the first tick is the only one. */
export const NEVER = 3_600_000;

export const program = new ClientProgram('message-client', join(import.meta.dirname, '..'));

/**
 * Starts a stranger's server; it is stopped after the tests.
 *
 * @returns its address
 */
export async function serve(service: (call: PeerCall) => void): Promise<string> {
  const server = await listen(service);
  stopLater(() => server.stop());
  return server.address;
}

/** The client has no deadline of its own, so the channel puts one on each call. */
const withDeadline: Interceptor = (options, next) => new InterceptingCall(next({ ...options, ...soon() }));

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
    orderlyEndMs = NEVER,
    ...options
  }: { text?: string; intervalMs: number; count?: number; orderlyEndMs?: number },
): Promise<Streaming> {
  const client = new MessageServiceClient(await serve(service), credentials.createInsecure(), {
    ...STREAMING,
    interceptors: [withDeadline],
  });
  stopLater(() => client.close());
  const printed: string[] = [];
  const interruption = new AbortController();
  let ticks = 0;
  const ended = streamMessages(client, {
    ...options,
    orderlyEndMs,
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
