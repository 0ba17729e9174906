import { randomUUID } from 'node:crypto';
import { type ChannelOptions, credentials, Metadata, status } from '@grpc/grpc-js';
import { Conversation, soon, stopLater } from '@grpc-by-example/testing';
import { unaryCall } from 'grpc-streams';
import { expect } from 'vitest';
import { type RunningServer, type StartServerOptions, startServer } from '../src/server/index.ts';
import { definition, EchoClient, type EchoHandlers, type Words } from './echo-service.ts';

/** Starts a server on a free port, which is closed after the tests. */
export async function serve(handlers: EchoHandlers, options: StartServerOptions = {}): Promise<RunningServer> {
  const server = await startServer([[definition, handlers]], options);
  stopLater(() => server.forceStop());
  return server;
}

/** A client with a connection of its own, which is closed after the tests. */
export function connect(
  address: string | RunningServer,
  channelCredentials = credentials.createInsecure(),
  options: ChannelOptions = {},
) {
  const target = typeof address === 'string' ? address : `127.0.0.1:${address.port}`;
  return talker(new EchoClient(target, channelCredentials, { 'grpc.use_local_subchannel_pool': 1, ...options }));
}

/** The calls of a client, which is closed after the tests. */
export function talker(client: EchoClient) {
  stopLater(() => client.close());
  return {
    client,
    say: (text: string, metadata = new Metadata()) =>
      unaryCall<Words>((callback) => client.say({ text }, metadata, soon(), callback)),
    talk: (metadata = new Metadata(), deadline = soon()) =>
      new Conversation<Words, Words>(client.talk(metadata, deadline)),
  };
}

/**
 * A stream of a server whose connections soon get too old: once a word has come back, so that it has been open in time,
 * which on a busy machine can take more than one try.
 */
export async function openInTime(address: string | RunningServer, word: string) {
  for (;;) {
    const startedAt = performance.now();
    const id = randomUUID();
    const client = connect(address);
    const stream = client.talk(named(id));
    stream.send({ text: word });
    const isOpen = await stream.received(1).then(
      () => true,
      () => false,
    );
    if (isOpen) return { ...client, stream, startedAt, id };
    expect(await stream.status).toMatchObject({ code: status.UNAVAILABLE });
  }
}

/** Metadata with the id that the server is to log the call under. */
export function named(id: string): Metadata {
  const metadata = new Metadata();
  metadata.set('x-request-id', id);
  return metadata;
}
