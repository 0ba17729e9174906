import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import {
  type ClientReadableStream,
  credentials,
  Server,
  ServerCredentials,
  type ServerWritableStream,
} from '@grpc/grpc-js';
import { Conversation, peerOf, soon } from '@grpc-by-example/testing';
import { EgressClient, EgressService, type IEgressServer } from 'datahub-proto';
import { startServer } from 'grpc-program/server';
import { onTestFinished } from 'vitest';

/** The contract, as a stranger has it. */
const CONTRACT = `
  syntax = "proto3";
  package MsgBroker;
  service Egress { rpc GetDataPackagesStream (RequestGetDataPackage) returns (stream ResponseGetDataPackageStream); }
  message RequestGetDataPackage { string tagName = 2; string trackingGuid = 4; }
  message ResponseGetDataPackageStream { bool IsSuccess = 1; string LastError = 2; string trackingGuid = 3; string tagName = 4; string tagValue = 5; }
`;
const Egress = peerOf(CONTRACT, 'MsgBroker.Egress');

export interface DataPackage {
  readonly IsSuccess?: boolean;
  readonly LastError?: string;
  readonly trackingGuid?: string;
  readonly tagName?: string;
  readonly tagValue?: string;
}
export type Call = ServerWritableStream<{ tagName: string; trackingGuid: string }, object>;

/** Starts the learner's server; gives what subscribes to it as a stranger does. */
export async function strangerTo(service: IEgressServer): Promise<() => ClientReadableStream<DataPackage>> {
  const server = await startServer([[EgressService, service]]);
  const client = new Egress(`localhost:${server.port}`, credentials.createInsecure()) as unknown as {
    GetDataPackagesStream(request: object, options: object): ClientReadableStream<DataPackage>;
    close(): void;
  };
  onTestFinished(() => {
    client.close();
    server.forceStop();
  });
  return () => {
    const call = client.GetDataPackagesStream({ tagName: 'SomeTagName', trackingGuid: randomUUID() }, soon());
    return call.on('error', () => {}); // what a call ends with is no error of the peer
  };
}

/** Starts the learner's server, and subscribes to it once. */
export async function subscribeTo(service: IEgressServer): Promise<Conversation<never, DataPackage>> {
  const subscribe = await strangerTo(service);
  return new Conversation(subscribe() as never);
}

/**
 * Starts a stranger's server, and connects the learner's client to it; so that connecting takes nothing from a time
 * limit.
 */
export async function connectTo(handler: (call: Call) => void): Promise<EgressClient> {
  const server = new Server();
  server.addService(Egress.service, { GetDataPackagesStream: handler });
  const port = await promisify(server.bindAsync.bind(server))('127.0.0.1:0', ServerCredentials.createInsecure());
  const client = new EgressClient(`127.0.0.1:${port}`, credentials.createInsecure());
  onTestFinished(() => {
    client.close();
    server.forceShutdown();
  });
  await promisify(client.waitForReady.bind(client))(soon().deadline);
  return client;
}
