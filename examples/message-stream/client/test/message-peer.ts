import { promisify } from 'node:util';
import { Server, ServerCredentials, type ServerDuplexStream, type StatusObject } from '@grpc/grpc-js';
import { peerOf } from '@grpc-by-example/testing';
import { CONTRACT, type Request, type Response } from '../../proto/test/contract.mts';

/** A call as plain grpc-js gives it to a stranger's server. */
export type PeerCall = ServerDuplexStream<Request, Response>;

const { service } = peerOf(CONTRACT, 'messages.MessageService');

/** Starts a server that knows nothing but the contract, on a free port. */
export async function listen(streamMessages: (call: PeerCall) => void): Promise<{ address: string; stop(): void }> {
  const server = new Server();
  server.addService(service, { StreamMessages: streamMessages });
  const bind = promisify(server.bindAsync.bind(server));
  const port = await bind('127.0.0.1:0', ServerCredentials.createInsecure());
  return { address: `127.0.0.1:${port}`, stop: () => server.forceShutdown() };
}

/** Sends so many messages, numbered from 1. */
export function sendNumbers(call: PeerCall, count: number): void {
  for (let n = 1; n <= count; n++) call.write({ message: `${n}` });
}

export function fail(call: PeerCall, { code, details }: Pick<StatusObject, 'code' | 'details'>): void {
  call.emit('error', { code, details });
}
