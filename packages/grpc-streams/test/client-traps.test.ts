import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import {
  type handleBidiStreamingCall,
  type handleUnaryCall,
  type ServiceError,
  type StatusObject,
  status,
} from '@grpc/grpc-js';
import { programCommand } from '@grpc-by-example/testing';
import { startProgram } from '@grpc-by-example/testing/program-tests';
import { expect, expectTypeOf, test } from 'vitest';
import {
  bidiCall,
  bidiStreaming,
  clientStreaming,
  clientStreamingCall,
  serverStreaming,
  serverStreamingCall,
  unary,
  unaryCall,
} from '../src/index.ts';
import { MANY, producer } from './producer.ts';
import { type Answer, type Ask, answer, ask, noOpenCalls, soon, startService } from './test-service.ts';
import { all, Deferred, standstill } from './wait.ts';

test('trap 1: leaving the loop over the responses cancels the call (#1238, #2385)', async () => {
  const left = new Deferred<unknown>();
  const { client } = await startService({
    list: serverStreaming(async function* (_, { signal }) {
      try {
        for (let n = 1; !signal.aborted; n++) {
          yield answer(n);
          await setImmediate(); // lets the event loop turn
        }
      } finally {
        left.resolve(signal.reason);
      }
    }),
  });
  const { responses, status: ended } = serverStreamingCall(client.list(ask(1), soon()));
  for await (const { n } of responses) if (n === 3) break;
  expect(await ended).toMatchObject({ code: status.CANCELLED });
  expect(await left.promise).toMatchObject({ code: status.CANCELLED });
});

test.each(['reads', 'cancels'])(
  'trap 9: a client that does not read holds the server, and gets its status when it %s (#1509, #1696)',
  async (then) => {
    const { list, counter } = producer();
    const { client } = await startService({ list });
    const call = serverStreamingCall(client.list(ask(1), soon()));
    expect(await standstill(() => counter.produced)).toBeLessThan(MANY / 4);
    if (then === 'cancels') {
      call.grpcCall.cancel();
      expect(await call.status).toMatchObject({ code: status.CANCELLED });
    } else {
      expect((await all(call.responses)).map(({ n }) => n)).toEqual(Array.from({ length: MANY }, (_, i) => i + 1));
      expect(await call.status).toMatchObject({ code: status.OK });
    }
  },
);

test('trap 9: a call whose responses nobody reads has its status, where no more come than wait for a reader', async () => {
  const { client } = await startService({
    list: serverStreaming(async function* () {
      for (let n = 1; n <= 16; n++) yield answer(n);
      throw { code: status.ABORTED, details: 'lost' };
    }),
  });
  const call = serverStreamingCall(client.list(ask(1), soon()));
  expect(await call.status).toMatchObject({ code: status.ABORTED });
});

test('trap 11: a cancelled call that nobody reads does not end the process (#1523)', async () => {
  const { client } = await startService({});
  const calls = [serverStreamingCall(client.list(ask(1), soon())), bidiCall(client.talk(soon()))];
  for (const { grpcCall } of calls) grpcCall.cancel();
  for (const { status: ended } of calls) expect(await ended).toMatchObject({ code: status.CANCELLED });
});

test('trap 11: the end of the responses of a failed call is its error, never an end (#2377)', async () => {
  const { client } = await startService({
    talk: bidiStreaming(async function* () {
      yield answer(1);
      throw { code: status.ABORTED, details: 'lost' };
    }),
  });
  const talk = bidiCall(client.talk(soon()));
  await expect(all(talk.responses)).rejects.toMatchObject({ code: status.ABORTED, details: 'lost' });
});

test('trap 13: a client that exits by itself has delivered all its messages (#1211)', async () => {
  let arrived = 0;
  const { address, calls } = await startService({
    talk: bidiStreaming(async function* (requests) {
      for await (const { n } of requests) arrived += n === arrived + 1 ? 1 : Number.NaN;
      yield answer(arrived);
    }),
  });
  const program = startProgram(programCommand(join(import.meta.dirname, 'fixtures/send-and-exit.ts'), address, '1000'));
  expect(await program.ended).toBe(0);
  await noOpenCalls(calls);
  expect(arrived).toBe(1_000);
});

test('trap 14: requests and responses have their types, and a message of the wrong type does not compile', async () => {
  const { client } = await startService({
    say: unary(({ n }) => {
      expectTypeOf(n).toEqualTypeOf<number>();
      return answer(n);
    }),
    collect: clientStreaming(async (requests) => {
      expectTypeOf(requests).toEqualTypeOf<AsyncIterable<Ask>>();
      return answer((await all(requests)).length);
    }),
    list: serverStreaming(async function* ({ n }) {
      expectTypeOf(n).toEqualTypeOf<number>();
      yield answer(n);
    }),
    talk: bidiStreaming(async function* (requests) {
      for await (const request of requests) {
        expectTypeOf(request).toEqualTypeOf<Ask>();
        yield answer(request.n);
      }
    }),
  });
  const said = await unaryCall<Answer>((done) => client.say(ask(1), soon(), done));
  expectTypeOf(said).toEqualTypeOf<Answer>();
  const list = serverStreamingCall(client.list(ask(1), soon()));
  for await (const response of list.responses) expectTypeOf(response).toEqualTypeOf<Answer>();
  const collect = clientStreamingCall<Ask, Answer>((done) => client.collect(soon(), done));
  expectTypeOf(collect.response).resolves.toEqualTypeOf<Answer>();
  expectTypeOf(collect.send).parameter(0).toEqualTypeOf<Ask>();
  const talk = bidiCall(client.talk(soon()));
  expectTypeOf(talk.status).resolves.toEqualTypeOf<StatusObject>();
  expectTypeOf(talk.responses).toEqualTypeOf<AsyncIterable<Answer>>();
  // @ts-expect-error
  await talk.send({ m: 1 });
  // @ts-expect-error
  await talk.sendAll(['one']);
  // @ts-expect-error
  await collect.send(answer(1).text);
  collect.halfClose();
  await Promise.all([collect.response, talk.status, list.status]);

  // @ts-expect-error: the wrong response
  const say: handleUnaryCall<Ask, Answer> = unary(() => ask(1));
  // @ts-expect-error: the wrong response
  const talks: handleBidiStreamingCall<Ask, Answer> = bidiStreaming(async function* () {
    yield 'one';
  });
  // @ts-expect-error: the wrong response
  const wrong = () => unaryCall<ServiceError>((done) => client.say(ask(1), soon(), done));
  expect([say, talks, wrong]).toHaveLength(3);
});
