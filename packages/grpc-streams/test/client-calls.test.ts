import { getEventListeners } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { until } from '@grpc-by-example/testing';
import { describe, expect, test } from 'vitest';
import {
  bidiCall,
  bidiStreaming,
  clientStreaming,
  clientStreamingCall,
  serverStreaming,
  serverStreamingCall,
  statusError,
  unary,
  unaryCall,
} from '../src/index.ts';
import { kinds, Waiting } from './each-kind.ts';
import { producer } from './producer.ts';
import { type Answer, type Ask, answer, ask, connect, soon, startService } from './test-service.ts';
import { all, failureOf, standstill } from './wait.ts';

test.each(['break', 'return', 'throw'])('leaving the responses by %s cancels the call', async (how) => {
  const { list, counter } = producer();
  const { client } = await startService({ list });
  const call = serverStreamingCall(client.list(ask(1), soon()));
  const read = async () => {
    for await (const { n } of call.responses) {
      if (how === 'break') break;
      if (how === 'return') return n;
      throw new Error('the reader broke');
    }
    return 0;
  };
  if (how === 'throw') await expect(read()).rejects.toThrow('the reader broke');
  else expect(await read()).toBe(how === 'return' ? 1 : 0);
  expect(await call.status).toMatchObject({ code: status.CANCELLED });
  expect(await counter.left).toMatchObject({ code: status.CANCELLED });
});

test('leaving the responses after the last one leaves the status as it is', async () => {
  const { client } = await startService({ list: serverStreaming(async function* () {}) });
  const call = serverStreamingCall(client.list(ask(1), soon()));
  for await (const _ of call.responses) break;
  expect(await call.status).toMatchObject({ code: status.OK });
});

test('the responses that came before an error are read first, then the error is thrown', async () => {
  const { client } = await startService({
    talk: bidiStreaming(async function* (requests) {
      for (let n = 1; n <= 5; n++) yield answer(n);
      for await (const _ of requests) throw statusError(status.DATA_LOSS, 'the rest is lost');
    }),
  });
  const talk = bidiCall(client.talk(soon()));
  await talk.send(ask(1));
  const failure = await talk.status;
  const read: Answer[] = [];
  const reading = (async () => {
    for await (const response of talk.responses) read.push(response);
  })();
  expect(await failureOf(reading)).toMatchObject({ code: status.DATA_LOSS, details: 'the rest is lost' });
  expect(failure).toMatchObject({ code: status.DATA_LOSS });
  expect(read.map(({ n }) => n)).toEqual([1, 2, 3, 4, 5]);
});

describe.each(kinds)('a $kind call', ({ kind, handlers, start }) => {
  const viaPackage = (client: Parameters<typeof start>[0], signal: AbortSignal): Promise<unknown> => {
    if (kind === 'unary') return unaryCall<Answer>((done) => client.say(ask(1), soon(), done), { signal });
    if (kind === 'client-streaming')
      return clientStreamingCall<Ask, Answer>((done) => client.collect(soon(), done), { signal }).response;
    if (kind === 'server-streaming') return all(serverStreamingCall(client.list(ask(1), soon()), { signal }).responses);
    return all(bidiCall(client.talk(soon()), { signal }).responses);
  };

  test('is cancelled by the signal of its caller', async () => {
    const waiting = new Waiting();
    const { client } = await startService(handlers(waiting.body));
    const controller = new AbortController();
    const failure = failureOf(viaPackage(client, controller.signal));
    await waiting.entered;
    controller.abort();
    expect(await failure).toMatchObject({ code: status.CANCELLED });
    expect(await waiting.left).toMatchObject({ code: status.CANCELLED });
  });

  test('with a signal that has fired before never reaches the handler', async () => {
    let entered = 0;
    const { client } = await startService(
      handlers(() => {
        entered += 1;
        return answer(1);
      }),
    );
    // Before there is a connection, and with one.
    for (const others of [1, 2]) {
      expect(await failureOf(viaPackage(client, AbortSignal.abort()))).toMatchObject({ code: status.CANCELLED });
      expect(await start(client).status).toMatchObject({ code: status.OK }); // came later, so the first is over
      expect(entered).toBe(others);
    }
  });

  test('to a server that is not there fails with UNAVAILABLE, before its deadline', async () => {
    const client = connect('127.0.0.1:1');
    expect(await failureOf(viaPackage(client, new AbortController().signal))).toMatchObject({
      code: status.UNAVAILABLE,
    });
    client.close();
  });

  test('shares a signal with many others, and leaves no listener on it', async () => {
    const { client } = await startService(handlers(() => answer(1)));
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 15 }, () => viaPackage(client, signal)));
    await until(() => getEventListeners(signal, 'abort').length === 0);
    expect(signal.aborted).toBe(false);
  });
});

test('a slow reader whose signal fires gets the error, not what waits', async () => {
  const { list, counter } = producer();
  const { client } = await startService({ list });
  const controller = new AbortController();
  const { responses } = serverStreamingCall(client.list(ask(1), soon()), controller);
  await standstill(() => counter.produced);
  let read = 0;
  const reading = (async () => {
    for await (const _ of responses) {
      if (++read === 2) controller.abort();
      await setImmediate();
    }
  })();
  expect(await failureOf(reading)).toMatchObject({ code: status.CANCELLED });
  expect(read).toBe(2);
});

test('unary and client-streaming calls give the response, or throw the status with its trailer', async () => {
  const { client } = await startService({
    say: unary(({ n }, { trailer }) => {
      trailer.set('field', 'n');
      if (n < 0) throw { code: status.OUT_OF_RANGE, details: 'negative' };
      return answer(n);
    }),
    collect: clientStreaming(async (requests) => {
      for await (const { n } of requests) if (n < 0) throw { code: status.OUT_OF_RANGE, details: 'negative' };
      return answer(7);
    }),
  });
  const say = (n: number) => unaryCall<Answer>((done) => client.say(ask(n), soon(), done));
  expect(await say(1)).toEqual(answer(1));
  const failure = await failureOf(say(-1));
  expect(failure).toMatchObject({ code: status.OUT_OF_RANGE, details: 'negative' });
  expect((failure as ReturnType<typeof statusError>).metadata.get('field')).toEqual(['n']);

  const good = clientStreamingCall<Ask, Answer>((done) => client.collect(soon(), done));
  await good.sendAll([ask(1), ask(2)]);
  expect(await good.response).toEqual(answer(7));
  expect(await good.status).toMatchObject({ code: status.OK });
  const bad = clientStreamingCall<Ask, Answer>((done) => client.collect(soon(), done));
  await bad.send(ask(-1));
  expect(await failureOf(bad.response)).toMatchObject({ code: status.OUT_OF_RANGE, details: 'negative' });
  expect(await bad.status).toMatchObject({ code: status.OUT_OF_RANGE, details: 'negative' });
});

test('a failed client-streaming call whose response nobody awaits does not end the process', async () => {
  const { client } = await startService({ collect: clientStreaming(() => Promise.reject(statusError(10, 'lost'))) });
  const collect = clientStreamingCall<Ask, Answer>((done) => client.collect(soon(), done));
  expect(await collect.status).toMatchObject({ code: status.ABORTED });
});
