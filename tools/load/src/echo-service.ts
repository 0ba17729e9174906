import { join } from 'node:path';
import {
  type CallOptions,
  type ChannelCredentials,
  type ChannelOptions,
  type Client,
  type ClientDuplexStream,
  makeClientConstructor,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

export interface Words {
  readonly text: string;
}

export interface EchoClient extends Client {
  talk(options: CallOptions): ClientDuplexStream<Words, Words>;
}

const loaded = loadSync(join(import.meta.dirname, 'echo.proto'), { defaults: true });

export const definition = loaded['load.Echo'] as ServiceDefinition;

export const EchoClient = makeClientConstructor(definition, 'Echo') as unknown as new (
  address: string,
  credentials: ChannelCredentials,
  options?: ChannelOptions,
) => EchoClient;
