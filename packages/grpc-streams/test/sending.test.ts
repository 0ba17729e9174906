import { setImmediate } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { bidiCall, bidiStreaming, clientStreaming, clientStreamingCall, STREAMING } from '../src/index.ts';
import { Waiting } from './each-kind.ts';
import { MANY } from './producer.ts';
import { type Answer, type Ask, answer, ask, LARGE, soon, startService, type TestService } from './test-service.ts';
import { all, Deferred, failureOf, standstill } from './wait.ts';

const echo = bidiStreaming(async function* (requests: AsyncIterable<Ask>) {
  for await (const { n } of requests) yield answer(n);
});

/** A service that waits and reads nothing. */
async function startStalled(): Promise<TestService & { waiting: Waiting }> {
  const waiting = new Waiting();
  const talk = bidiStreaming(async function* (_: AsyncIterable<Ask>, context) {
    yield await waiting.body(context);
  });
  return { ...(await startService({ talk }, { channel: STREAMING })), waiting };
}

function* asks(count: number, padding = ''): Generator<Ask> {
  for (let n = 1; n <= count; n++) yield ask(n, padding);
}

test.each([{}, STREAMING])(
  'two tasks share a call, one sends 10,000 messages and one reads them: %j',
  async (channel) => {
    const { client } = await startService({ talk: echo }, { channel });
    const talk = bidiCall(client.talk(soon()));
    const [responses] = await Promise.all([all(talk.responses), talk.sendAll(asks(10_000))]);
    expect(responses.map(({ n }) => n)).toEqual(Array.from({ length: 10_000 }, (_, i) => i + 1));
    expect(await talk.status).toMatchObject({ code: status.OK });
  },
);

test('send waits while the handler does not read, and gives false when the call is over', async () => {
  const { client, waiting } = await startStalled();
  const talk = bidiCall(client.talk(soon()));
  let sent = 0;
  let last = true;
  const sending = (async () => {
    while (last && sent < MANY) {
      last = await talk.send(ask(++sent, LARGE));
    }
  })();
  const held = await standstill(() => sent);
  expect(held).toBeLessThan(MANY / 4);
  talk.grpcCall.cancel();
  await sending;
  expect(sent).toBe(held); // the one that waited has said so itself
  expect(last).toBe(false);
  expect(await talk.send(ask(1))).toBe(false);
  expect(await waiting.left).toMatchObject({ code: status.CANCELLED });
});

test('a send that waits is done when its message is gone, though half-close comes meanwhile', async () => {
  const received = new Deferred<number>();
  const proceed = new Deferred();
  const { client } = await startService(
    {
      talk: bidiStreaming(async function* (requests) {
        received.resolve((await all(requests)).length);
        await proceed.promise;
        yield answer(1);
      }),
    },
    { channel: STREAMING },
  );
  const talk = bidiCall(client.talk(soon()));
  const sends = Array.from(asks(50, LARGE), (message) => talk.send(message));
  talk.halfClose();
  expect(await Promise.all(sends)).toEqual(Array.from({ length: 50 }, () => true));
  expect(await received.promise).toBe(50);
  proceed.resolve();
  expect(await talk.status).toMatchObject({ code: status.OK });
});

test('send after halfClose throws while the call is open, and a second halfClose does nothing', async () => {
  const { client } = await startStalled();
  const talk = bidiCall(client.talk(soon()));
  talk.halfClose();
  talk.halfClose();
  await expect(talk.send(ask(1))).rejects.toThrow('send() after halfClose()');
  talk.grpcCall.cancel();
  expect(await talk.status).toMatchObject({ code: status.CANCELLED });
});

test.each<[string, () => Iterable<Ask> | AsyncIterable<Ask>]>([
  ['an array', () => [...asks(3)]],
  ['a generator', () => asks(3)],
  [
    'an async generator',
    async function* () {
      for (const message of asks(3)) {
        await setImmediate();
        yield message;
      }
    },
  ],
])('sendAll sends what comes from %s, then half-closes', async (_, source) => {
  const { client } = await startService({
    collect: clientStreaming(async (requests) => answer((await all(requests)).length)),
    talk: echo,
  });
  const collect = clientStreamingCall<Ask, Answer>((done) => client.collect(soon(), done));
  await collect.sendAll(source());
  expect(await collect.response).toEqual(answer(3));
  const talk = bidiCall(client.talk(soon()));
  await talk.sendAll(source());
  expect(await all(talk.responses)).toEqual([1, 2, 3].map((n) => answer(n)));
});

test('a source that throws cancels the call, and sendAll throws it', async () => {
  const { client, waiting } = await startStalled();
  const talk = bidiCall(client.talk(soon()));
  const broken = new Error('the file is gone');
  async function* source() {
    yield ask(1);
    await waiting.entered;
    throw broken;
  }
  expect(await failureOf(talk.sendAll(source()))).toBe(broken);
  expect(await talk.status).toMatchObject({ code: status.CANCELLED });
});

test('a source that waits for ever is left when the call ends', async () => {
  const { client } = await startService({ collect: clientStreaming(() => answer(1)) });
  const collect = clientStreamingCall<Ask, Answer>((done) => client.collect(soon(), done));
  const returned = new Deferred();
  const source: AsyncIterableIterator<Ask> = {
    [Symbol.asyncIterator]: () => source,
    next: () => new Promise(() => {}),
    return: async () => {
      returned.resolve();
      return { done: true, value: undefined };
    },
  };
  await collect.sendAll(source);
  await returned.promise;
  expect(await collect.response).toEqual(answer(1));
});

test('a source that has more is closed when the call ends, or another task has half-closed', async () => {
  const { client } = await startStalled();
  const closed: string[] = [];
  async function* source(name: string) {
    try {
      for (const message of asks(MANY, LARGE)) yield message;
    } finally {
      closed.push(name);
    }
  }
  const ended = bidiCall(client.talk(soon()));
  const sending = ended.sendAll(source('the call ended'));
  ended.grpcCall.cancel();
  await sending;
  const halfClosed = bidiCall(client.talk(soon()));
  halfClosed.halfClose();
  await expect(halfClosed.sendAll(source('half-closed'))).rejects.toThrow('send() after halfClose()');
  await setImmediate();
  expect(closed).toEqual(['the call ended', 'half-closed']);
});

test('sendAll on a call that is over takes nothing from its source, so that its errors do not go astray', async () => {
  const { client } = await startStalled();
  const talk = bidiCall(client.talk(soon()));
  talk.grpcCall.cancel();
  await talk.status;
  let taken = 0;
  await talk.sendAll({
    [Symbol.asyncIterator]: () => ({
      next: () => {
        taken++;
        return Promise.reject(new Error('the file is gone'));
      },
    }),
  });
  expect(taken).toBe(0);
});

test('endWithin ends a call whose server does not', async () => {
  const { client } = await startStalled();
  const stalled = bidiCall(client.talk(soon()));
  stalled.halfClose();
  stalled.endWithin(50, 'the server did not end the call');
  expect(await failureOf(all(stalled.responses))).toMatchObject({
    code: status.DEADLINE_EXCEEDED,
    details: 'the server did not end the call',
  });
});

test('endWithin leaves no timer behind where the server ends the call', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const { client } = await startService({ talk: echo });
  const before = timers();
  const talk = bidiCall(client.talk({}));
  await talk.sendAll(asks(1));
  talk.endWithin(60_000, 'never');
  await all(talk.responses);
  await talk.status;
  talk.endWithin(60_000, 'the call is over');
  expect(timers()).toBeLessThanOrEqual(before);
});
