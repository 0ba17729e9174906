import { promisify } from 'node:util';
import {
  Server,
  ServerCredentials,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type StatusObject,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { peerOf } from '@grpc-by-example/testing';
import { CONTRACT, CONTRACT_WITH_POSITIONS, type Sent, type Subscribed } from '../../proto/test/contract.mts';

/** The calls as plain grpc-js gives them to a stranger's server. */
export type EgressCall = ServerWritableStream<Subscribed, object>;
export type IngestCall = ServerReadableStream<Sent, object>;
export interface Handlers {
  readonly egress?: (call: EgressCall) => void;
  readonly unary?: (call: ServerUnaryCall<Sent<string[]>, object>, answer: sendUnaryData<object>) => void;
  readonly stream?: (call: IngestCall, answer: sendUnaryData<object>) => void;
  /** Whether the contract that the server knows has positions. */
  readonly knowsPositions?: boolean;
}

/** Starts a server that knows nothing but the contract, on a free port. */
export async function listen({
  egress,
  unary,
  stream,
  knowsPositions,
}: Handlers): Promise<{ address: string; stop(): void }> {
  const server = new Server();
  const contract = knowsPositions ? CONTRACT_WITH_POSITIONS : CONTRACT;
  server.addService(peerOf(contract, 'MsgBroker.Egress').service, egress ? { GetDataPackagesStream: egress } : {});
  server.addService(peerOf(CONTRACT, 'MsgBroker.Ingest').service, {
    ...(unary && { SendDataPackage: unary }),
    ...(stream && { SendDataPackagesStream: stream }),
  });
  const bind = promisify(server.bindAsync.bind(server));
  const port = await bind('127.0.0.1:0', ServerCredentials.createInsecure());
  return { address: `127.0.0.1:${port}`, stop: () => server.forceShutdown() };
}

/** Sends a package that is a success, for the subscription of this call. */
export function sendPackage(call: EgressCall, fields: object = {}): void {
  call.write({ IsSuccess: true, ...call.request, tagValue: '639308349761400000', ...fields });
}

export function fail(call: EgressCall, { code, details }: Pick<StatusObject, 'code' | 'details'>): void {
  call.emit('error', { code, details });
}
