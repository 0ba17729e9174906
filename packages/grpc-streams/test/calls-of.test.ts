import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  type CallOptions,
  type Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  type ClientUnaryCall,
  type ClientWritableStream,
  credentials,
  loadPackageDefinition,
  Metadata,
  type requestCallback,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { until } from '@grpc-by-example/testing';
import { ChatClient, type ChatMessage, type StringValue } from 'chat-proto';
import { expect, expectTypeOf, onTestFinished, test } from 'vitest';
import {
  type BidiCall,
  bidiStreaming,
  type Calls,
  type ClientStreamingCall,
  callsOf,
  clientStreaming,
  type ServerStreamingCall,
  serverStreaming,
  statusError,
  type UnaryCall,
  unary,
} from '../src/index.ts';
import { type Answer, type Ask, answer, ask, soon, startService, type TestClient } from './test-service.ts';
import { all, Deferred, failureOf } from './wait.ts';

const service = () =>
  startService({
    say: unary(({ n }, { call, trailer }) => {
      if (n < 0) throw statusError(status.OUT_OF_RANGE, 'below zero', marked('failed'));
      call.sendMetadata(marked('headers'));
      trailer.set('mark', 'trailer');
      return answer(n, String(call.metadata.get('mark')));
    }),
    collect: clientStreaming(async (asks) => answer((await all(asks)).length)),
    list: serverStreaming(async function* ({ n }, { call, trailer }) {
      call.sendMetadata(marked('headers'));
      trailer.set('mark', 'trailer');
      for (let i = 1; i <= n; i++) yield answer(i);
    }),
    talk: bidiStreaming(async function* (asks) {
      for await (const { n } of asks) yield answer(n);
    }),
  });

function marked(text: string): Metadata {
  const metadata = new Metadata();
  metadata.set('mark', text);
  return metadata;
}

test('a call of each kind, by what it sends', async () => {
  const api = callsOf((await service()).client);
  expect(await api.say(ask(1), { metadata: marked('hello'), ...soon() })).toEqual(answer(1, 'hello'));
  expect(await all(api.list(ask(2), soon()).responses)).toEqual([answer(1), answer(2)]);
  const upload = api.collect(soon());
  await upload.sendAll([ask(1), ask(2)]);
  expect(await upload.response).toEqual(answer(2));
  const talk = api.talk(soon());
  await talk.sendAll([ask(1), ask(2)]);
  expect(await all(talk.responses)).toEqual([answer(1), answer(2)]);
});

test('nothing but the request need be given', async () => {
  const api = callsOf((await service()).client);
  expect(await api.say(ask(1))).toMatchObject({ n: 1 });
  expect(await all(api.list(ask(1)).responses)).toEqual([answer(1)]);
});

test('headers, trailer and status are there for every kind, whatever the end', async () => {
  const api = callsOf((await service()).client);
  const say = api.say(ask(1), soon());
  expect((await say.headers).get('mark')).toEqual(['headers']);
  expect((await say.trailer).get('mark')).toEqual(['trailer']);
  expect(await say.status).toMatchObject({ code: status.OK });
  await say;

  const list = api.list(ask(1), soon());
  expect((await list.headers).get('mark')).toEqual(['headers']);
  await all(list.responses);
  expect((await list.trailer).get('mark')).toEqual(['trailer']);

  const failed = api.say(ask(-1), soon());
  expect(await failureOf(failed)).toMatchObject({ code: status.OUT_OF_RANGE, details: 'below zero' });
  expect((await failed.trailer).get('mark')).toEqual(['failed']);
  await expect(failed.headers).rejects.toMatchObject({ code: status.OUT_OF_RANGE });
});

test('a signal and a deadline end a call', async () => {
  const { client } = await startService({ say: unary((_, { signal }) => ended(signal)) });
  const api = callsOf(client);
  const stop = new AbortController();
  const stopped = api.say(ask(1), { signal: stop.signal, ...soon() });
  stop.abort();
  await expect(stopped).rejects.toMatchObject({ code: status.CANCELLED });
  await expect(api.say(ask(1), { deadline: Date.now() + 10 })).rejects.toMatchObject({
    code: status.DEADLINE_EXCEEDED,
  });
});

/** Never, until the signal fires; then what it says. */
const ended = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

test('clients of protoc and of proto-loader have calls too', async () => {
  const proto = join(dirname(createRequire(import.meta.url).resolve('chat-proto/package.json')), 'chat.proto');
  const { Chat } = loadPackageDefinition(loadSync(proto));
  if (typeof Chat !== 'function') throw new Error('no such service');
  for (const Client of [ChatClient, Chat]) {
    const client = new Client('127.0.0.1:1', credentials.createInsecure());
    onTestFinished(() => client.close());
    const { responses } = callsOf(client as ChatClient).chat(soon());
    await expect(all(responses)).rejects.toMatchObject({ code: status.UNAVAILABLE });
  }
});

test('requests and responses have the types of the generated client', () => {
  expectTypeOf<Calls<ChatClient>>().toEqualTypeOf<{
    readonly chat: (options?: Options) => BidiCall<ChatMessage, StringValue>;
  }>();
  expectTypeOf<Calls<TestClient>>().toEqualTypeOf<{
    readonly say: (request: Ask, options?: Options) => UnaryCall<Answer>;
    readonly collect: (options?: Options) => ClientStreamingCall<Ask, Answer>;
    readonly list: (request: Ask, options?: Options) => ServerStreamingCall<Answer>;
    readonly talk: (options?: Options) => BidiCall<Ask, Answer>;
  }>();
});

test('so they have those of a client that proto-loader generated the types of, whose overloads are in another order', () => {
  interface LoadedClient extends Client {
    Say(ask: Ask, metadata: Metadata, options: CallOptions, callback: requestCallback<Answer>): ClientUnaryCall;
    Say(ask: Ask, callback: requestCallback<Answer>): ClientUnaryCall;
    Collect(metadata: Metadata, callback: requestCallback<Answer>): ClientWritableStream<Ask>;
    Collect(callback: requestCallback<Answer>): ClientWritableStream<Ask>;
    List(ask: Ask, metadata: Metadata, options?: CallOptions): ClientReadableStream<Answer>;
    List(ask: Ask, options?: CallOptions): ClientReadableStream<Answer>;
    Talk(metadata: Metadata, options?: CallOptions): ClientDuplexStream<Ask, Answer>;
    Talk(options?: CallOptions): ClientDuplexStream<Ask, Answer>;
  }
  expectTypeOf<Calls<LoadedClient>>().toEqualTypeOf<{
    readonly Say: (request: Ask, options?: Options) => UnaryCall<Answer>;
    readonly Collect: (options?: Options) => ClientStreamingCall<Ask, Answer>;
    readonly List: (request: Ask, options?: Options) => ServerStreamingCall<Answer>;
    readonly Talk: (options?: Options) => BidiCall<Ask, Answer>;
  }>();
});

type Options = Parameters<Calls<ChatClient>['chat']>[0];

/** Three servers: the first asks the second, which asks the third, which never answers; and why it was left. */
async function chain() {
  let reached = false;
  const left = new Deferred<unknown>();
  const c = await startService({
    say: unary(async (_, { signal }) => {
      reached = true;
      left.resolve(await failureOf(ended(signal)));
      throw signal.reason;
    }),
  });
  const between = (next: Calls<TestClient>) =>
    startService({ say: unary((request, { signal, deadline }) => next.say(request, { signal, deadline })) });
  const b = await between(callsOf(c.client));
  const a = await between(callsOf(b.client));
  return { api: callsOf(a.client), left: left.promise, isReached: () => reached };
}

test('the deadline of a call holds for the calls that its handlers make', async () => {
  const { api, left, isReached } = await chain();
  // On a busy machine the third server is not reached in time, and the time is longer then.
  for (let withinMs = 200; !isReached(); withinMs *= 2) {
    const failure = await failureOf(api.say(ask(1), { deadline: Date.now() + withinMs }));
    expect(failure).toMatchObject({ code: status.DEADLINE_EXCEEDED });
  }
  // What it hears first: its own timer, or the cancel by the second server, whose timer is set earlier.
  expect([status.DEADLINE_EXCEEDED, status.CANCELLED]).toContain(((await left) as ServiceError).code);
});

test('the cancel of a call cancels the calls that its handlers make', async () => {
  const { api, left, isReached } = await chain();
  const stop = new AbortController();
  const failure = failureOf(api.say(ask(1), { signal: stop.signal, ...soon() }));
  await until(isReached);
  stop.abort();
  expect(await failure).toMatchObject({ code: status.CANCELLED });
  expect(await left).toMatchObject({ code: status.CANCELLED });
});
