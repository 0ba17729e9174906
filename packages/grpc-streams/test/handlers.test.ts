import { Metadata, ServerInterceptingCall, type ServerInterceptor, type ServiceError, status } from '@grpc/grpc-js';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  bidiCall,
  bidiStreaming,
  clientStreaming,
  clientStreamingCall,
  type HandlerContext,
  serverStreaming,
  serverStreamingCall,
  statusError,
  unary,
  unaryCall,
} from '../src/index.ts';
import { kinds, Waiting } from './each-kind.ts';
import { MANY } from './producer.ts';
import { type Answer, type Ask, answer, ask, LARGE, soon, startService } from './test-service.ts';
import { all, Deferred, failureOf } from './wait.ts';

describe.each(kinds)('a $kind handler', ({ handlers, start }) => {
  test('is told CANCELLED when the client cancels, and its finally runs', async () => {
    const waiting = new Waiting();
    const { client } = await startService(handlers(waiting.body));
    const { grpcCall: call, status: ended } = start(client);
    await waiting.entered;
    call.cancel();
    expect(await waiting.left).toMatchObject({ code: status.CANCELLED });
    expect(await ended).toMatchObject({ code: status.CANCELLED });
  });

  test('is told the reason when the server interrupts it, its finally runs, and the client hears the reason', async () => {
    const waiting = new Waiting();
    const { client, calls } = await startService(handlers(waiting.body));
    const { status: ended } = start(client);
    await waiting.entered;
    expect(calls.size).toBe(1);
    const reason = statusError(status.UNAVAILABLE, 'server is shutting down');
    calls.interrupt(reason);
    expect(await waiting.left).toBe(reason);
    expect(await ended).toMatchObject({ code: status.UNAVAILABLE, details: 'server is shutting down' });
  });

  test('reads metadata, path, peer and deadline, and sends headers and a trailer', async () => {
    const seen = new Deferred<{ context: HandlerContext; peer: string }>();
    const { client } = await startService(
      handlers((context) => {
        const headers = new Metadata();
        headers.set('region', 'north');
        context.call.sendMetadata(headers);
        context.trailer.set('count', '7');
        seen.resolve({ context, peer: context.call.getPeer() }); // unknown once the call is over
        return answer(1);
      }),
    );
    const startedAt = Date.now();
    const options = soon();
    const { grpcCall: call, status: ended } = start(client, options);
    const headers = new Promise<Metadata>((resolve) => call.once('metadata', resolve));
    expect((await headers).get('region')).toEqual(['north']);
    expect(await ended).toMatchObject({ code: status.OK });
    expect((await ended).metadata.get('count')).toEqual(['7']);
    const { context, peer } = await seen.promise;
    expect(context.call.getPath()).toMatch(/^\/test\.Test\//);
    expect(peer).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(context.call.metadata.get('user-agent').join()).toContain('grpc-node-js');
    // The client sends how much time is left, in whole milliseconds; the server counts from when it hears of it.
    const late = Number(context.call.getDeadline()) - options.deadline;
    expect(late).toBeGreaterThanOrEqual(-1);
    expect(late).toBeLessThanOrEqual(Date.now() - startedAt + 1);
  });
});

test.each(kinds)('a $kind handler whose deadline has passed before it begins ends at once', async (kind) => {
  const timers = vi.spyOn(globalThis, 'setTimeout');
  onTestFinished(() => timers.mockRestore());
  const waiting = new Waiting();
  /** Takes longer than the deadline allows, and lets no timer run meanwhile. */
  const busy: ServerInterceptor = (_, call) =>
    new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, mdNext) => {
            for (const end = Date.now() + 10; Date.now() < end; );
            mdNext(metadata);
          },
        }),
    });
  const { client } = await startService(kind.handlers(waiting.body), { interceptors: [busy] });
  const { status: ended } = kind.start(client, { deadline: Date.now() + 5 });
  expect(await ended).toMatchObject({ code: status.DEADLINE_EXCEEDED });
  expect(timers.mock.calls.map(([, ms = 0]) => ms).filter((ms) => ms < 0)).toEqual([]);
});

test('requests end where the client half-closes, and not before', async () => {
  const { client } = await startService({
    collect: clientStreaming(async (requests) => answer((await all(requests)).length)),
    talk: bidiStreaming(async function* (requests) {
      for await (const { n } of requests) yield answer(n);
      yield answer(-1, 'end');
    }),
  });
  const collect = clientStreamingCall<Ask, Answer>((done) => client.collect(soon(), done));
  await collect.sendAll([ask(1), ask(2), ask(3)]);
  expect(await collect.response).toEqual(answer(3));
  const talk = bidiCall(client.talk(soon()));
  await talk.sendAll([ask(1), ask(2)]);
  expect(await all(talk.responses)).toEqual([answer(1), answer(2), answer(-1, 'end')]);
});

test('requests that arrived before an interrupt are read, then the reason is thrown', async () => {
  const arrived = new Deferred();
  const interrupted = new Deferred();
  const read: number[] = [];
  const { client, calls } = await startService({
    collect: clientStreaming(async (requests, { call }) => {
      let count = 0;
      call.on('data', () => ++count === 3 && arrived.resolve());
      await interrupted.promise;
      for await (const { n } of requests) read.push(n);
      return answer(read.length, 'the end was not told from the interrupt');
    }),
  });
  const collect = clientStreamingCall<Ask, Answer>((done) => client.collect(soon(), done));
  for (const n of [1, 2, 3]) await collect.send(ask(n));
  await arrived.promise;
  calls.interrupt(statusError(status.UNAVAILABLE, 'bye'));
  interrupted.resolve();
  expect(await collect.status).toMatchObject({ code: status.UNAVAILABLE, details: 'bye' });
  expect(read).toEqual([1, 2, 3]);
});

test.each(['the client cancels', 'the server fails the call'])(
  'a slow reader of requests never takes the rest for complete when %s after the half-close',
  async (event) => {
    const reading = new Deferred();
    const over = new Deferred();
    const outcome = new Deferred<unknown>();
    const { client, calls } = await startService({
      collect: clientStreaming(async (requests, { call, signal }) => {
        call.once('end', () => reading.resolve());
        signal.addEventListener('abort', () => over.resolve());
        outcome.resolve(
          await failureOf(
            (async () => {
              for await (const _ of requests) await over.promise;
            })(),
          ),
        );
        return answer(0);
      }),
    });
    const collect = clientStreamingCall<Ask, Answer>((done) => client.collect(soon(), done));
    await collect.sendAll([ask(1), ask(2), ask(3)]);
    await reading.promise;
    if (event === 'the client cancels') collect.grpcCall.cancel();
    else calls.fail(statusError(status.UNAVAILABLE, 'bye'));
    const { code } = await collect.status;
    expect(await outcome.promise).toMatchObject({ code });
  },
);

/** Sends large messages while it can, and gives how many it could. */
async function sendMany(call: { send(message: Ask): Promise<boolean> }): Promise<number> {
  let sent = 0;
  while (sent < MANY && (await call.send(ask(5, LARGE)))) sent++;
  return sent;
}

test('a handler that answers early ends the call, and the sender stops', async () => {
  const { client } = await startService({
    collect: clientStreaming(async (requests) => {
      for await (const { n } of requests) return answer(n, 'enough');
      return answer(0);
    }),
    talk: bidiStreaming(async function* () {
      yield answer(1, 'without reading');
    }),
  });
  const collect = clientStreamingCall<Ask, Answer>((done) => client.collect(soon(), done));
  expect(await sendMany(collect)).toBeLessThan(MANY);
  expect(await collect.response).toEqual(answer(5, 'enough'));
  const talk = bidiCall(client.talk(soon()));
  expect(await sendMany(talk)).toBeLessThan(MANY);
  expect(await all(talk.responses)).toEqual([answer(1, 'without reading')]);
  expect(await talk.status).toMatchObject({ code: status.OK });
});

test('half a surrogate pair in the details does not end the server', async () => {
  const { client } = await startService({
    say: unary(() => {
      throw statusError(status.NOT_FOUND, 'half \ud83d of it');
    }),
    list: serverStreaming(async function* () {
      yield answer(1);
      throw statusError(status.NOT_FOUND, 'half \ud83d of it');
    }),
  });
  const details = 'half \ufffd of it';
  const failure = await failureOf(unaryCall<Answer>((done) => client.say(ask(1), soon(), done)));
  expect(failure as ServiceError).toMatchObject({ code: status.NOT_FOUND, details });
  const list = serverStreamingCall(client.list(ask(1), soon()));
  expect(await list.status).toMatchObject({ code: status.NOT_FOUND, details });
});
