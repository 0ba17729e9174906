import {
  type handleUnaryCall,
  type ServerDuplexStream,
  type ServerWritableStream,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { bidiCall, clientStreamingCall, serverStreamingCall, statusError, unary, unaryCall } from '../src/index.ts';
import { kinds, Waiting } from './each-kind.ts';
import { producer } from './producer.ts';
import { type Answer, type Ask, answer, ask, LARGE, noOpenCalls, soon, startService } from './test-service.ts';
import { all, Deferred, failureOf, standstill } from './wait.ts';

const goodbye = statusError(status.UNAVAILABLE, 'server is shutting down');
const UNAVAILABLE = { code: status.UNAVAILABLE, details: 'server is shutting down' };

describe.each(kinds)('fail ends a $kind call', ({ handlers, start }) => {
  test('whose handler waits, and fires its signal', async () => {
    const waiting = new Waiting();
    const { client, calls } = await startService(handlers(waiting.body));
    const { status: ended } = start(client);
    await waiting.entered;
    calls.fail(goodbye);
    expect(await ended).toMatchObject(UNAVAILABLE);
    expect(await waiting.left).toBe(goodbye);
  });

  test('whose handler hears nothing, once, and what the handler says later counts for nothing', async () => {
    const entered = new Deferred();
    const answered = new Deferred<Answer>();
    const { client, calls } = await startService(
      handlers(() => {
        entered.resolve();
        return answered.promise;
      }),
    );
    const { status: ended } = start(client);
    await entered.promise;
    calls.fail(goodbye);
    calls.fail(statusError(status.INTERNAL, 'again'));
    expect(await ended).toMatchObject(UNAVAILABLE);
    answered.resolve(answer(1));
    await noOpenCalls(calls);
  });
});

test('a server with an open stream shuts down as soon as the stream is interrupted (#1458)', async () => {
  const waiting = new Waiting();
  const [, , , bidi] = kinds;
  const { client, calls, server } = await startService(bidi?.handlers(waiting.body) ?? {});
  const talk = bidiCall(client.talk(soon()));
  await waiting.entered;
  calls.interrupt(goodbye);
  expect(await talk.status).toMatchObject(UNAVAILABLE);
  await new Promise<void>((resolve, reject) => server.tryShutdown((error) => (error ? reject(error) : resolve())));
});

test('a producer that a stalled client holds is let go by fail', async () => {
  const { list, counter } = producer();
  const { client, calls } = await startService({ list });
  const call = serverStreamingCall(client.list(ask(1), soon()));
  await standstill(() => counter.produced);
  calls.fail(goodbye);
  expect(await counter.left).toBe(goodbye);
  call.grpcCall.cancel();
});

test('a plain unary handler is left alone by interrupt and answered once by fail', async () => {
  const entered = new Deferred<sendUnaryData<Answer>>();
  const { client, calls } = await startService({ say: (_, callback) => entered.resolve(callback) });
  const response = failureOf(unaryCall<Answer>((done) => client.say(ask(1), soon(), done)));
  const callback = await entered.promise;
  calls.interrupt(statusError(status.INTERNAL, 'not for a unary call'));
  expect(calls.size).toBe(1);
  calls.fail(goodbye);
  callback(null, answer(1));
  callback({ code: status.INTERNAL, details: 'again' });
  expect(await response).toMatchObject(UNAVAILABLE);
});

test('a plain unary handler that has answered is not answered again by fail', async () => {
  const { client, calls } = await startService({
    say: (_, callback) => {
      callback(null, answer(1));
      calls.fail(goodbye);
    },
  });
  expect(await unaryCall<Answer>((done) => client.say(ask(1), soon(), done))).toEqual(answer(1));
});

test.each(['interrupt', 'fail'] as const)('a plain stream is ended by %s, once', async (how) => {
  const writable = new Deferred<ServerWritableStream<Ask, Answer>>();
  const duplex = new Deferred<ServerDuplexStream<Ask, Answer>>();
  const callback = new Deferred<sendUnaryData<Answer>>();
  const { client, calls } = await startService({
    list: (call) => void call.write(answer(1), () => writable.resolve(call)),
    talk: (call) => duplex.resolve(call),
    collect: (_, done) => callback.resolve(done),
  });
  const started = [
    serverStreamingCall(client.list(ask(1), soon())),
    bidiCall(client.talk(soon())),
    clientStreamingCall<Ask, Answer>((done) => client.collect(soon(), done)),
  ];
  const plain = await Promise.all([writable.promise, duplex.promise]);
  const done = await callback.promise;
  expect(calls.size).toBe(3);
  calls[how](goodbye);
  calls.fail(statusError(status.INTERNAL, 'again'));
  for (const call of plain) call.end();
  done(null, answer(1));
  for (const call of started) expect(await call.status).toMatchObject(UNAVAILABLE);
});

test('a plain stream whose handler writes on after fail still sends the status', async () => {
  const { client, calls } = await startService({
    list: (call) => {
      for (let n = 1; n <= 100; n++) call.write(answer(n, LARGE));
      calls.fail(goodbye); // waits behind the messages
      call.write(answer(101));
    },
  });
  const { responses } = serverStreamingCall(client.list(ask(1), soon()));
  expect(await failureOf(all(responses))).toMatchObject(UNAVAILABLE);
});

test('plain handlers are counted until the end of their calls, whichever it is', async () => {
  const streaming = new Deferred();
  const { client, calls } = await startService({
    say: (_, callback) => callback({ code: status.NOT_FOUND, details: 'none' }),
    list: (call) => call.end(),
    talk: () => streaming.resolve(),
  });
  const say = unaryCall<Answer>((done) => client.say(ask(1), soon(), done));
  expect(await failureOf(say)).toMatchObject({ code: status.NOT_FOUND });
  expect(await all(serverStreamingCall(client.list(ask(1), soon())).responses)).toEqual([]);
  await noOpenCalls(calls);
  const talk = bidiCall(client.talk(soon()));
  await streaming.promise;
  expect(calls.size).toBe(1);
  talk.grpcCall.cancel();
  await noOpenCalls(calls);
});

test('track takes a frozen implementation', async () => {
  const { client } = await startService(Object.freeze({ say: unary<Ask, Answer>(({ n }) => answer(n)) }));
  expect(await unaryCall<Answer>((done) => client.say(ask(3), soon(), done))).toEqual(answer(3));
});

test('track takes an object of a class, whose handlers need their this', async () => {
  class Counter {
    #count = 0;
    say: handleUnaryCall<Ask, Answer> = (_, callback) => this.answer(callback);
    list(call: ServerWritableStream<Ask, Answer>): void {
      call.write(answer(++this.#count));
      call.end();
    }
    answer(callback: sendUnaryData<Answer>): void {
      callback(null, answer(++this.#count));
    }
  }
  const { client } = await startService(new Counter());
  expect(await unaryCall<Answer>((done) => client.say(ask(1), soon(), done))).toEqual(answer(1));
  expect(await all(serverStreamingCall(client.list(ask(1), soon())).responses)).toEqual([answer(2)]);
});
