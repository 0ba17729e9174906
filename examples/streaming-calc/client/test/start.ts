import { join } from 'node:path';
import { credentials, InterceptingCall, type Interceptor } from '@grpc/grpc-js';
import { soon, stopLater } from '@grpc-by-example/testing';
import { ClientProgram } from '@grpc-by-example/testing/program-tests';
import { StreamingCalcServiceClient } from 'calc-proto';
import { STREAMING } from 'grpc-streams';
import { listen, type PeerCalc } from './calc-peer.ts';

export const program = new ClientProgram('calc-client', join(import.meta.dirname, '..'));

/** The end of a program that was a success, and printed these lines. */
export const ok = (...lines: string[]) => ({ exit: 0, stdout: lines.map((line) => `${line}\n`).join(''), stderr: '' });

/**
 * Starts a stranger's server; it is stopped after the tests.
 *
 * @returns its address
 */
export async function serve(calc?: PeerCalc, responseBytes?: Buffer): Promise<string> {
  const server = await listen(calc, responseBytes);
  stopLater(() => server.stop());
  return server.address;
}

/** The client has no deadline of its own, so the channel puts one on each call. */
const withDeadline =
  (deadline: () => { deadline: number }): Interceptor =>
  (options, next) =>
    new InterceptingCall(next({ ...options, ...deadline() }));

/** Connects our client; it is closed after the tests. */
export function connect(address: string, deadline = soon): StreamingCalcServiceClient {
  const options = { ...STREAMING, interceptors: [withDeadline(deadline)] };
  const client = new StreamingCalcServiceClient(address, credentials.createInsecure(), options);
  stopLater(() => client.close());
  return client;
}
