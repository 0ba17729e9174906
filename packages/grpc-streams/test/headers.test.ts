import { setImmediate } from 'node:timers/promises';
import { Metadata, ServerInterceptingCall, type ServerInterceptor, status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import {
  bidiCall,
  bidiStreaming,
  clientStreaming,
  clientStreamingCall,
  PassThroughCall,
  serverStreaming,
  serverStreamingCall,
  statusError,
} from '../src/index.ts';
import { kinds, Waiting } from './each-kind.ts';
import { type Answer, type Ask, answer, ask, connect, soon, startService, type TestClient } from './test-service.ts';
import { all, Deferred, failureOf } from './wait.ts';

/** The three kinds that stream; the one response of a unary call brings its headers. */
const streaming = kinds
  .filter(({ kind }) => kind !== 'unary')
  .map((kind) => ({
    ...kind,
    start: (client: TestClient) => {
      if (kind.kind === 'client-streaming')
        return clientStreamingCall<Ask, Answer>((done) => client.collect(soon(), done));
      return kind.kind === 'bidi-streaming'
        ? bidiCall(client.talk(soon()))
        : serverStreamingCall(client.list(ask(1), soon()));
    },
  }));

/** Counts the headers that pass an interceptor. */
function headersCounter(): { interceptor: ServerInterceptor; seen: Metadata[] } {
  const seen: Metadata[] = [];
  class Counting extends PassThroughCall {
    override sendMetadata(metadata: Metadata): void {
      seen.push(metadata);
      super.sendMetadata(metadata);
    }
  }
  return { interceptor: (_, call) => new Counting(call), seen };
}

describe.each(streaming)('the headers of a $kind call', ({ handlers, start }) => {
  test('come while its handler waits', async () => {
    const waiting = new Waiting();
    const { interceptor, seen } = headersCounter();
    const { client } = await startService(handlers(waiting.body), { interceptors: [interceptor] });
    const call = start(client);
    expect(await call.headers).toBeInstanceOf(Metadata);
    expect(seen).toHaveLength(1);
    call.grpcCall.cancel();
    expect(await waiting.left).toMatchObject({ code: status.CANCELLED });
  });

  test('are those that the handler sends in its first synchronous part, and no others', async () => {
    const waiting = new Waiting();
    const { interceptor, seen } = headersCounter();
    const { client } = await startService(
      handlers((context) => {
        const metadata = new Metadata();
        metadata.set('region', 'north');
        context.call.sendMetadata(metadata);
        return waiting.body(context);
      }),
      { interceptors: [interceptor] },
    );
    const call = start(client);
    expect((await call.headers).get('region')).toEqual(['north']);
    expect(seen).toHaveLength(1);
    call.grpcCall.cancel();
    await waiting.left;
    expect(seen).toHaveLength(1);
  });

  test('are not sent where the handler fails at once, and are then the error', async () => {
    const { interceptor, seen } = headersCounter();
    const { client } = await startService(
      handlers(() => {
        throw statusError(status.NOT_FOUND, 'none');
      }),
      { interceptors: [interceptor] },
    );
    expect(await failureOf(start(client).headers)).toMatchObject({ code: status.NOT_FOUND, details: 'none' });
    expect(seen).toEqual([]);
  });

  test('are the error of a call that reaches no server, which nobody has to catch', async () => {
    const client = connect('127.0.0.1:1');
    const call = start(client);
    await call.status;
    await setImmediate(); // the process would end here
    expect(await failureOf(call.headers)).toMatchObject({ code: status.UNAVAILABLE });
    client.close();
  });
});

test('headers go out once where a response comes first', async () => {
  const waiting = new Waiting();
  const { interceptor, seen } = headersCounter();
  const { client } = await startService(
    {
      list: serverStreaming(async function* (_, context) {
        yield answer(1);
        yield await waiting.body(context);
      }),
    },
    { interceptors: [interceptor, (_, call) => new ServerInterceptingCall(call)] },
  );
  const call = serverStreamingCall(client.list(ask(1), soon()));
  for await (const response of call.responses) {
    expect(response).toEqual(answer(1));
    break;
  }
  await waiting.left;
  expect(seen).toHaveLength(1);
});

test('headers that a handler holds back are those that it sends after a request', async () => {
  const requests = new Deferred();
  const { client } = await startService({
    talk: bidiStreaming(async function* (asks, context) {
      context.holdHeaders();
      requests.resolve();
      for await (const { n } of asks) {
        const metadata = new Metadata();
        metadata.set('asked', `${n}`);
        context.call.sendMetadata(metadata);
        yield answer(n);
      }
    }),
  });
  const call = bidiCall(client.talk(soon()));
  await requests.promise;
  for (let turns = 0; turns < 10; turns++) await setImmediate(); // headers that are not held are sent by then
  await call.sendAll([ask(7)]);
  expect((await call.headers).get('asked')).toEqual(['7']);
  expect(await all(call.responses)).toEqual([answer(7)]);
});

test('the headers of a call that succeeds without are empty', async () => {
  const { client } = await startService({
    list: serverStreaming(async function* () {}),
    collect: clientStreaming(() => answer(1)),
  });
  const call = serverStreamingCall(client.list(ask(1), soon()));
  expect((await call.headers).getMap()).toEqual({});
  expect(await call.status).toMatchObject({ code: status.OK });
});
