import { promisify } from 'node:util';
import { Server, ServerCredentials, type ServerDuplexStream, type StatusObject } from '@grpc/grpc-js';
import { peerOf } from '@grpc-by-example/testing';
import { CONTRACT, type Request, type Response } from '../../proto/test/contract.mts';

/** A call as plain grpc-js gives it to a stranger's server. */
export type PeerCall = ServerDuplexStream<Request, Response>;

const { service } = peerOf(CONTRACT, 'grpc.testing.Phone');

/** The bytes of a message, as a stranger's protobuf makes them. */
export function serialize(response: Response): Buffer {
  return service.StreamCall?.responseSerialize(response) ?? Buffer.of();
}

export const NEW: Response = { call_state: { state: 'NEW' } };
export const INFO: Response = { call_info: { session_id: '7', media: 'the audio' } };
export const ACTIVE: Response = { call_state: { state: 'ACTIVE' } };
export const ENDED: Response = { call_state: { state: 'ENDED' } };

/** Starts a server that knows nothing but the contract, on a free port. */
export async function listen(streamCall: (call: PeerCall) => void): Promise<{ address: string; stop(): void }> {
  const server = new Server();
  server.addService(service, { StreamCall: streamCall });
  const bind = promisify(server.bindAsync.bind(server));
  const port = await bind('127.0.0.1:0', ServerCredentials.createInsecure());
  return { address: `127.0.0.1:${port}`, stop: () => server.forceShutdown() };
}

/** Tells this at once when the request is there, and then nothing more. */
export function tell(...responses: Response[]): (call: PeerCall) => void {
  return (call) => {
    call.once('data', () => {
      for (const response of responses) call.write(response);
    });
  };
}

/** Tells this at once, and ends with OK. */
export function tellAndEnd(...responses: Response[]): (call: PeerCall) => void {
  return (call) => {
    tell(...responses)(call);
    call.once('data', () => call.end());
  };
}

export function fail(call: PeerCall, { code, details }: Pick<StatusObject, 'code' | 'details'>): void {
  call.emit('error', { code, details });
}
