import { join } from 'node:path';
import { credentials, InterceptingCall, type Interceptor } from '@grpc/grpc-js';
import { soon, stopLater } from '@grpc-by-example/testing';
import { ClientProgram } from '@grpc-by-example/testing/program-tests';
import { EgressClient, IngestClient } from 'datahub-proto';
import { type Handlers, listen } from './datahub-peer.ts';

export const program = new ClientProgram('datahub-client', join(import.meta.dirname, '..'));

/**
 * Starts a stranger's server; it is stopped after the tests.
 *
 * @returns its address
 */
export async function serve(handlers: Handlers): Promise<string> {
  const server = await listen(handlers);
  stopLater(() => server.stop());
  return server.address;
}

/** Our clients have no deadline of their own, so the channel puts one on each call. */
const withDeadline =
  (deadline: () => { deadline: number }): Interceptor =>
  (options, next) =>
    new InterceptingCall(next({ ...options, ...deadline() }));

/** Connects our clients; they are closed after the tests. */
export function connect(address: string, deadline = soon): { egress: EgressClient; ingest: IngestClient } {
  const options = { interceptors: [withDeadline(deadline)] };
  const egress = new EgressClient(address, credentials.createInsecure(), options);
  const ingest = new IngestClient(address, credentials.createInsecure(), options);
  stopLater(() => egress.close());
  stopLater(() => ingest.close());
  return { egress, ingest };
}
