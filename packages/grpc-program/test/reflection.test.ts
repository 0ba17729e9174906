import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
  type CallOptions,
  type Client,
  credentials,
  loadPackageDefinition,
  type ServiceClientConstructor,
  status,
} from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer } from '@grpc/proto-loader';
import { Conversation, peerOf, soon, stopLater } from '@grpc-by-example/testing';
import { unary, unaryCall } from 'grpc-streams';
import { expect, test } from 'vitest';
import { Descriptors } from '../src/server/descriptors.ts';
import { descriptorSet, type EchoClient, fileDescriptorSet, type Words } from './echo-service.ts';
import { startEchoServer } from './programs.ts';
import { serve } from './start.ts';

type Ask = { list_services: string } | { file_containing_symbol: string };
type Answer = {
  list_services_response?: { service: { name: string }[] };
  file_descriptor_response?: { file_descriptor_proto: Buffer[] };
  error_response?: { error_code: number };
};

interface ReflectionClient extends Client {
  serverReflectionInfo(options: CallOptions): ConstructorParameters<typeof Conversation<Ask, Answer>>[0];
}

/** Those of the fixture, and those that every server has. */
const SERVICES = [
  'test.Echo',
  'grpc.health.v1.Health',
  'grpc.reflection.v1.ServerReflection',
  'grpc.reflection.v1alpha.ServerReflection',
];

const EVERYWHERE = ['--host', '0.0.0.0', '--insecure'];

/** What grpcurl does: it knows the contract of reflection, and nothing else. */
function grpcurl(address: string, version = 'v1') {
  const proto = join(
    createRequire(import.meta.url).resolve('@grpc/reflection'),
    `../../proto/grpc/reflection/${version}/reflection.proto`,
  );
  const ReflectionClient = peerOf(readFileSync(proto, 'utf8'), `grpc.reflection.${version}.ServerReflection`);
  const reflection = new ReflectionClient(address, credentials.createInsecure()) as unknown as ReflectionClient;
  stopLater(() => reflection.close());

  const open = () => new Conversation<Ask, Answer>(reflection.serverReflectionInfo(soon()));

  async function ask(question: Ask): Promise<Answer> {
    const conversation = open();
    conversation.send(question);
    conversation.call.end();
    const { code } = await conversation.status;
    if (code !== status.OK) throw new Error(status[code]);
    return conversation.responses[0] ?? {};
  }

  const describe = async (symbol: string) => {
    const { file_descriptor_response: files } = await ask({ file_containing_symbol: symbol });
    return loadFileDescriptorSetFromBuffer(fileDescriptorSet(files?.file_descriptor_proto ?? []));
  };
  return {
    open,
    ask,
    list: async () => (await ask({ list_services: '' })).list_services_response?.service.map(({ name }) => name),
    describe,
    async say(text: string): Promise<Words> {
      const { test } = loadPackageDefinition(await describe('test.Echo'));
      const { Echo } = test as unknown as { Echo: ServiceClientConstructor };
      const client = new Echo(address, credentials.createInsecure()) as unknown as EchoClient;
      stopLater(() => client.close());
      return unaryCall<Words>((callback) => client.say({ text }, soon(), callback));
    },
  };
}

test.concurrent.for(['v1', 'v1alpha'])(
  '%s: a stranger lists the services, describes one and calls it',
  async (version) => {
    const { port } = await serve({ say: unary<Words, Words>((words) => words) }, { descriptorSet });
    const { ask, list, describe, say } = grpcurl(`127.0.0.1:${port}`, version);
    expect(await list()).toEqual(SERVICES);
    const { 'test.Echo': service } = await describe('test.Echo');
    expect(service).toMatchObject({
      Say: { path: '/test.Echo/Say', requestStream: false, responseStream: false },
      Talk: { path: '/test.Echo/Talk', requestStream: true, responseStream: true },
    });
    expect(await say('hello')).toEqual({ text: 'hello' });
    for (const name of ['test.Other', 'toString', '__proto__', '']) {
      const { error_response: error } = await ask({ file_containing_symbol: name });
      expect(error?.error_code).toBe(status.NOT_FOUND);
    }
  },
);

test.concurrent('every service that is listed is described, in the bytes that protoc wrote', async () => {
  const { port } = await serve({ say: unary<Words, Words>((words) => words) }, { descriptorSet });
  const { ask } = grpcurl(`127.0.0.1:${port}`);
  for (const name of SERVICES) {
    const { file_descriptor_response: files } = await ask({ file_containing_symbol: name });
    expect(files?.file_descriptor_proto).toHaveLength(1);
    if (name === 'test.Echo') expect(fileDescriptorSet(files?.file_descriptor_proto ?? [])).toEqual(descriptorSet);
  }
});

test.concurrent('a file brings along what it imports', () => {
  const hub = new Descriptors([
    readFileSync(join(import.meta.dirname, '../../../examples/datahub-egress/proto/gen/data_hub.binpb')),
  ]);
  expect(hub.bySymbol('MsgBroker.Ingest')).toHaveLength(2);
  expect(hub.byName('google/protobuf/timestamp.proto')).toHaveLength(1);
  expect(hub.bySymbol('MsgBroker.Egress.GetDataPackagesStream')).toEqual(hub.bySymbol('MsgBroker.Egress'));
  expect(hub.extensionsOf('MsgBroker.RequestGetDataPackage')).toEqual([]);
  expect(hub.extensionsOf('MsgBroker.Nothing')).toBeUndefined();
});

test.concurrent('a reflection stream that stays open does not hold up the stop', async () => {
  const server = await serve({}, { descriptorSet, graceMs: 3_600_000 });
  const open = grpcurl(`127.0.0.1:${server.port}`).open();
  open.send({ list_services: '' });
  await open.received(1);
  await server.stop();
  expect(await open.status).toMatchObject({ code: status.UNAVAILABLE, details: 'server is shutting down' });
  expect(server.openCalls.size).toBe(0);
});

test.concurrent.for([
  ['is on by default', [], {}, true],
  ['is off with --no-reflection', ['--no-reflection'], {}, false],
  ['is off where other machines reach the server', EVERYWHERE, {}, false],
  ['is on there with --reflection', [...EVERYWHERE, '--reflection'], {}, true],
  ['is on there with GRPC_REFLECTION', EVERYWHERE, { GRPC_REFLECTION: 'yes' }, true],
  ['does not ask for NODE_ENV', [], { NODE_ENV: 'production' }, true],
  ['does not ask for NODE_ENV there', EVERYWHERE, { NODE_ENV: 'development' }, false],
] as const)('reflection %s', async ([, args, env, on]) => {
  const { address } = await startEchoServer(args, env);
  const services = grpcurl(address.replace('0.0.0.0', '127.0.0.1'))
    .list()
    .catch((error: Error) => error.message);
  expect(await services).toEqual(on ? SERVICES : 'UNIMPLEMENTED');
});
