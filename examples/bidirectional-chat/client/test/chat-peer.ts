import { promisify } from 'node:util';
import { Server, ServerCredentials, type ServerDuplexStream, type StatusObject } from '@grpc/grpc-js';
import { peerOf } from '@grpc-by-example/testing';
import { CONTRACT, type Response, type Said } from '../../proto/test/contract.mts';

/** A call as plain grpc-js gives it to a stranger's server. */
export type PeerCall = ServerDuplexStream<Said, Response>;

/** Starts a server that knows nothing but the contract, on a free port. */
export async function listen(chat: (call: PeerCall) => void): Promise<{ address: string; stop(): void }> {
  const server = new Server();
  server.addService(peerOf(CONTRACT, 'Chat').service, { chat });
  const bind = promisify(server.bindAsync.bind(server));
  const port = await bind('127.0.0.1:0', ServerCredentials.createInsecure());
  return { address: `127.0.0.1:${port}`, stop: () => server.forceShutdown() };
}

export function reply(call: PeerCall, { name = '', message = '' }: Said): void {
  call.write({ value: `${name}: ${message}` });
}

/** What the contract wants: a response to each message, and OK at the half-close. */
export function answerEach(call: PeerCall): void {
  call.on('data', (said: Said) => reply(call, said));
  call.on('end', () => call.end());
}

/** Says a last word, then OK. (An argument of `end` would be the trailer.) */
export function endWith(call: PeerCall, value: string): void {
  call.write({ value });
  call.end();
}

export function fail(call: PeerCall, { code, details }: Pick<StatusObject, 'code' | 'details'>): void {
  call.emit('error', { code, details });
}
