import { join } from 'node:path';
import { credentials, InterceptingCall, type Interceptor } from '@grpc/grpc-js';
import { deadlineIn, soon, stopLater } from '@grpc-by-example/testing';
import { ClientProgram } from '@grpc-by-example/testing/program-tests';
import { ChatClient } from 'chat-proto';
import { listen, type PeerCall } from './chat-peer.ts';

export const program = new ClientProgram('chat-client', join(import.meta.dirname, '..'));

/**
 * Starts a stranger's server; it is stopped after the tests.
 *
 * @returns its address
 */
export async function serve(chat: (call: PeerCall) => void): Promise<string> {
  const server = await listen(chat);
  stopLater(() => server.stop());
  return server.address;
}

/** The client of a chat has no deadline of its own, so the channel puts one on each call. */
const withDeadline =
  (milliseconds?: number): Interceptor =>
  (options, next) =>
    new InterceptingCall(next({ ...options, ...(milliseconds ? deadlineIn(milliseconds) : soon()) }));

/** Connects our client; it is closed after the tests. */
export function connect(address: string, deadlineMs?: number): ChatClient {
  const client = new ChatClient(address, credentials.createInsecure(), { interceptors: [withDeadline(deadlineMs)] });
  stopLater(() => client.close());
  return client;
}
