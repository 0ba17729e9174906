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
import { unary, unaryCall } from 'grpc-streams';
import { Conversation, peerOf, soon } from 'testing';
import { expect, onTestFinished, test } from 'vitest';
import { descriptorSet, type EchoClient, fileDescriptorSet, type Words } from './echo-service.ts';
import { startEchoServer } from './programs.ts';
import { serve } from './start.ts';

const SLOW = { timeout: 20_000 };

type Ask = { list_services: string } | { file_containing_symbol: string };
type Answer = {
  list_services_response?: { service: { name: string }[] };
  file_descriptor_response?: { file_descriptor_proto: Buffer[] };
  error_response?: { error_code: number };
};

interface ReflectionClient extends Client {
  serverReflectionInfo(options: CallOptions): ConstructorParameters<typeof Conversation<Ask, Answer>>[0];
}

/** What grpcurl does: it knows the contract of reflection, and nothing else. */
function grpcurl(address: string, version = 'v1') {
  const proto = join(
    createRequire(import.meta.url).resolve('@grpc/reflection'),
    `../../proto/grpc/reflection/${version}/reflection.proto`,
  );
  const ReflectionClient = peerOf(readFileSync(proto, 'utf8'), `grpc.reflection.${version}.ServerReflection`);
  const reflection = new ReflectionClient(address, credentials.createInsecure()) as unknown as ReflectionClient;
  onTestFinished(() => reflection.close());

  const open = () => new Conversation<Ask, Answer>(reflection.serverReflectionInfo(soon()));

  async function ask(question: Ask): Promise<Answer> {
    const conversation = open();
    conversation.send(question);
    conversation.call.end();
    const { code } = await conversation.status;
    if (code !== status.OK) throw new Error(status[code]);
    return conversation.replies[0] ?? {};
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
      onTestFinished(() => client.close());
      return unaryCall<Words>((callback) => client.say({ text }, soon(), callback));
    },
  };
}

test.for(['v1', 'v1alpha'])('%s: a stranger lists the services, describes one and calls it', SLOW, async (version) => {
  const { port } = await serve({ say: unary<Words, Words>((words) => words) }, { descriptorSet });
  const { ask, list, describe, say } = grpcurl(`127.0.0.1:${port}`, version);
  expect(await list()).toEqual(['test.Echo']);
  const { 'test.Echo': service } = await describe('test.Echo');
  expect(service).toMatchObject({
    Say: { path: '/test.Echo/Say', requestStream: false, responseStream: false },
    Talk: { path: '/test.Echo/Talk', requestStream: true, responseStream: true },
  });
  expect(await say('hello')).toEqual({ text: 'hello' });
  const { error_response: error } = await ask({ file_containing_symbol: 'test.Other' });
  expect(error?.error_code).toBe(status.NOT_FOUND);
});

test('a reflection stream that stays open does not hold up the stop', async () => {
  const server = await serve({}, { descriptorSet, graceMs: 60_000 });
  const open = grpcurl(`127.0.0.1:${server.port}`).open();
  open.send({ list_services: '' });
  await open.received(1);
  await server.stop();
  expect(await open.status).toMatchObject({ code: status.UNAVAILABLE, details: 'server is shutting down' });
  expect(server.openCalls.size).toBe(0);
});

test.for([
  ['is on by default', [], {}, true],
  ['is off with --no-reflection', ['--no-reflection'], {}, false],
  ['is off in production', [], { NODE_ENV: 'production' }, false],
  ['is on in production with --reflection', ['--reflection'], { NODE_ENV: 'production' }, true],
] as const)('reflection %s', SLOW, async ([, args, env, on]) => {
  const { address } = await startEchoServer(args, { NODE_ENV: 'development', ...env });
  const services = grpcurl(address)
    .list()
    .catch((error: Error) => error.message);
  expect(await services).toEqual(on ? ['test.Echo'] : 'UNIMPLEMENTED');
});
