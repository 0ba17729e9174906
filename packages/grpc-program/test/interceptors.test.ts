import { InterceptingCall, type Interceptor } from '@grpc/grpc-js';
import { soon } from '@grpc-by-example/testing';
import { unary, unaryCall } from 'grpc-streams';
import { expect, test } from 'vitest';
import { connect } from '../src/client/index.ts';
import { EchoClient, type Words } from './echo-service.ts';
import { temporaryFiles } from './files.ts';
import { serve, talker } from './start.ts';

/** A client interceptor that adds its name to the metadata of each call. */
const mark =
  (name: string): Interceptor =>
  (options, nextCall) =>
    new InterceptingCall(nextCall(options), {
      start(metadata, listener, next) {
        metadata.add('mark', name);
        next(metadata, listener);
      },
    });
const none = () => undefined as unknown as Interceptor;

/** A client of `connect` with a token; each answer says what its call came with. */
async function clientWith(clientOptions: Parameters<typeof connect>[2]) {
  const say = unary<Words, Words>((_, { call: { metadata } }) => ({
    text: [...metadata.get('mark'), ...metadata.get('authorization')].join(', '),
  }));
  const { port } = await serve({ say });
  const target = { address: `127.0.0.1:${port}`, token: temporaryFiles().file('token', 'secret') };
  return talker(connect(EchoClient, target, clientOptions));
}

test.concurrent('connect keeps the interceptors of its caller, in their order, and the providers', async () => {
  const { say } = await clientWith({
    interceptors: [mark('first'), mark('second')],
    interceptor_providers: [({ path }) => mark(path), none],
  });
  expect(await say('hello')).toEqual({ text: 'first, second, /test.Echo/Say, Bearer secret' });
});

test.concurrent.each([
  ['interceptors', { interceptors: [mark('call')] }],
  ['interceptor_providers', { interceptor_providers: [() => mark('call'), none] }],
])('%s of a call take the place of those of the client, but not of the token', async (_, options) => {
  const { client } = await clientWith({ interceptors: [mark('client')] });
  const answer = await unaryCall<Words>((callback) => client.say({ text: '' }, { ...soon(), ...options }, callback));
  expect(answer).toEqual({ text: 'call, Bearer secret' });
});

test.concurrent('connect keeps the transformer of its caller', async () => {
  const { say } = await clientWith({
    callInvocationTransformer: (call) => ({
      ...call,
      callOptions: { ...call.callOptions, interceptors: [mark('it')] },
    }),
  });
  expect(await say('hello')).toEqual({ text: 'it, Bearer secret' });
});
