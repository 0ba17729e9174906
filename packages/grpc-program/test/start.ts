import { type ChannelOptions, credentials, Metadata } from '@grpc/grpc-js';
import { unaryCall } from 'grpc-streams';
import { Conversation, soon } from 'testing';
import { onTestFinished } from 'vitest';
import { type RunningServer, type StartServerOptions, startServer } from '../src/server/index.ts';
import { definition, EchoClient, type EchoHandlers, type Words } from './echo-service.ts';

/** Starts a server on a free port, which is closed when the test is finished. */
export async function serve(handlers: EchoHandlers, options: StartServerOptions = {}): Promise<RunningServer> {
  const server = await startServer([[definition, handlers]], options);
  onTestFinished(() => server.forceStop());
  return server;
}

/** A client with a connection of its own, which is closed when the test is finished. */
export function connect(
  address: string | RunningServer,
  channelCredentials = credentials.createInsecure(),
  options: ChannelOptions = {},
) {
  const target = typeof address === 'string' ? address : `127.0.0.1:${address.port}`;
  const client = new EchoClient(target, channelCredentials, { 'grpc.use_local_subchannel_pool': 1, ...options });
  onTestFinished(() => client.close());
  return {
    client,
    say: (text: string, metadata = new Metadata()) =>
      unaryCall<Words>((callback) => client.say({ text }, metadata, soon(), callback)),
    talk: (metadata = new Metadata(), deadline = soon()) =>
      new Conversation<Words, Words>(client.talk(metadata, deadline)),
  };
}
