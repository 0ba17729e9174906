import { status } from '@grpc/grpc-js';
import { until } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import {
  MessageQueue,
  type OpenCalls,
  type ServerCall,
  serverStreaming,
  serverStreamingCall,
  statusError,
} from '../src/index.ts';
import { kinds } from './each-kind.ts';
import { type Answer, answer, ask, noOpenCalls, soon, startService, type TestClient } from './test-service.ts';
import { Deferred } from './wait.ts';

const CLIENTS = 20;

/** A handler that sends what comes by a queue where nothing comes. */
function quietHandler(hasSignal: boolean) {
  const counts = { entered: 0, finallys: 0 };
  const queues: MessageQueue<Answer>[] = [];
  const list = serverStreaming(async function* (_: unknown, { signal }) {
    const queue = new MessageQueue<Answer>(100, hasSignal ? { signal } : {});
    queues.push(queue);
    counts.entered++;
    try {
      yield* queue;
    } finally {
      counts.finallys++;
    }
  });
  return { list, counts, queues };
}

async function cancelAll(client: TestClient, counts: { entered: number }): Promise<void> {
  const started = Array.from({ length: CLIENTS }, () => serverStreamingCall(client.list(ask(1), soon())));
  await until(() => counts.entered === CLIENTS);
  for (const { grpcCall } of started) grpcCall.cancel();
  for (const call of started) expect(await call.status).toMatchObject({ code: status.CANCELLED });
}

test('handlers that wait for a quiet queue end with their calls, where the queue has the signal', async () => {
  const { list, counts } = quietHandler(true);
  const { client, calls } = await startService({ list });
  await cancelAll(client, counts);
  await until(() => counts.finallys === CLIENTS);
  await noOpenCalls(calls);
  expect(calls.runningOn).toBe(0);
});

test('handlers that wait for a quiet queue without the signal run on, and each is heard of once', async () => {
  const { list, counts, queues } = quietHandler(false);
  const heard: ServerCall[] = [];
  const { client, calls } = await startService({ list }, { runningOnMs: 10, onRunningOn: (call) => heard.push(call) });
  await cancelAll(client, counts);
  await noOpenCalls(calls);
  await until(() => heard.length >= CLIENTS);
  expect(calls.runningOn).toBe(CLIENTS);
  expect(new Set(heard).size).toBe(CLIENTS);
  expect(heard).toHaveLength(CLIENTS);
  expect(counts.finallys).toBe(0);
  for (const queue of queues) queue.end();
  await until(() => calls.runningOn === 0);
  expect(counts.finallys).toBe(CLIENTS);
  expect(heard).toHaveLength(CLIENTS);
});

test.each(kinds)('a $kind handler that runs on after openCalls.fail is counted until it ends', async (kind) => {
  const entered = new Deferred();
  const proceed = new Deferred<Answer>();
  const { client, calls } = await startService(
    kind.handlers(() => {
      entered.resolve();
      return proceed.promise;
    }),
  );
  const { status: ended } = kind.start(client);
  await entered.promise;
  expect(calls.runningOn).toBe(0);
  calls.fail(statusError(status.UNAVAILABLE, 'bye'));
  expect(await ended).toMatchObject({ code: status.UNAVAILABLE });
  await noOpenCalls(calls);
  expect(calls.runningOn).toBe(1);
  proceed.resolve(answer(1));
  await until(() => calls.runningOn === 0);
});

test('an interrupt gives the reader of the queue what waits, then the reason', async () => {
  const reason = statusError(status.UNAVAILABLE, 'bye');
  const thrown = new Deferred<unknown>();
  let calls: OpenCalls | undefined;
  const service = await startService({
    list: serverStreaming(async function* (_, { signal }) {
      const queue = new MessageQueue<Answer>(100, { signal });
      for (let n = 1; n <= 3; n++) queue.offer(answer(n));
      calls?.interrupt(reason);
      try {
        yield* queue;
      } catch (error) {
        thrown.resolve(error);
        throw error;
      }
    }),
  });
  calls = service.calls;
  const call = serverStreamingCall(service.client.list(ask(1), soon()));
  const read: number[] = [];
  try {
    for await (const { n } of call.responses) read.push(n);
  } catch {
    // The status tells.
  }
  expect(read).toEqual([1, 2, 3]);
  expect(await thrown.promise).toBe(reason);
  expect(await call.status).toMatchObject({ code: status.UNAVAILABLE, details: 'bye' });
});
