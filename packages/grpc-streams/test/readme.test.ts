import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { staleBlocks, until } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import {
  Broadcast,
  bidiStreaming,
  callsOf,
  clientStreaming,
  detailsOf,
  errorWithDetails,
  MessageQueue,
  OpenCalls,
  type Subscription,
  serverStreaming,
  statusError,
  unary,
} from '../src/index.ts';
import { startTestServer } from '../src/testing.ts';
import { type Answer, type Ask, definition, startService, TestClient, type TestHandlers } from './test-service.ts';

const print = (text: string) => printed.push(text);
const printed: string[] = [];
const output = () => printed.splice(0).join(' ');

// #region handlers
const handlers: TestHandlers = {
  // one request, one response
  say: unary(async (ask) => ({ n: ask.n, text: 'said' })),

  // a stream of requests, one response
  collect: clientStreaming(async (asks) => {
    let n = 0;
    for await (const ask of asks) n += ask.n;
    return { n, text: 'sum' };
  }),

  // one request, a stream of responses
  list: serverStreaming(async function* (ask) {
    for (let n = 1; n <= ask.n; n++) yield { n, text: `item ${n}` };
  }),

  // a stream of each
  talk: bidiStreaming(async function* (asks) {
    for await (const ask of asks) yield { n: ask.n, text: `heard ${ask.n}` };
  }),
};
// #endregion

test('the handlers and calls of the README work', async () => {
  const { client } = await startService(handlers);

  // #region unary call
  const api = callsOf(client);

  const answer = await api.say({ n: 1 }, { deadline: Date.now() + 60_000 });
  print(answer.text);
  // #endregion
  expect(output()).toBe('said');

  // #region client-streaming call
  const upload = api.collect();
  await upload.sendAll([{ n: 1 }, { n: 2 }, { n: 3 }]);
  print(`${(await upload.response).n}`);
  // #endregion
  expect(output()).toBe('6');

  // #region server-streaming call
  const download = api.list({ n: 2 });
  for await (const item of download.responses) print(item.text);
  // #endregion
  expect(output()).toBe('item 1 item 2');

  // #region bidirectional call
  const talk = api.talk();
  const reading = (async () => {
    for await (const response of talk.responses) print(response.text);
  })();
  for (const n of [1, 2]) {
    if (!(await talk.send({ n }))) break; // false: the call is over, and the reader learns why
  }
  talk.halfClose();
  await reading;
  // #endregion
  expect(output()).toBe('heard 1 heard 2');

  // #region headers and trailer
  const say = api.say({ n: 1 });
  print(`${(await say.headers).get('served-by')}`);
  print(`${(await say).n} ${(await say.trailer).get('cost')}`);
  // #endregion
  expect(output()).toBe(' 1 ');
});

test('the call of a handler and the error details of the README work', async () => {
  const { client: backendClient } = await startService({
    say: unary(({ n }) => {
      // #region error details
      throw errorWithDetails(status.INVALID_ARGUMENT, 'n must be even', [
        { type: 'test.Reason', value: Buffer.from(`n is ${n}`) }, // a message as its generated code writes it
      ]);
      // #endregion
    }),
  });
  const backend = callsOf(backendClient);
  const { client } = await startService({
    // #region pass on
    say: unary((ask, { signal, deadline }) => backend.say(ask, { signal, deadline })),
    // #endregion
  });
  // #region read details
  try {
    await callsOf(client).say({ n: 1 });
  } catch (error) {
    for (const { type, value } of detailsOf(error as ServiceError)) print(`${type}: ${value}`);
  }
  // #endregion
  expect(output()).toBe('test.Reason: n is 1');
});

test('the context, the status and the signals of the README work', async () => {
  const { client } = await startService({
    // #region context
    list: serverStreaming(async function* (ask, { signal, call, trailer }) {
      if (ask.n < 0) throw statusError(status.INVALID_ARGUMENT, 'n must not be negative');
      call.sendMetadata(new Metadata()); // the headers; else they go out by themselves
      trailer.set('counted-for', call.getPeer());
      for (let n = 1; !signal.aborted; n++) yield { n, text: `item ${n}` };
    }),
    // #endregion
  });

  // #region errors
  const call = callsOf(client).list({ n: -1 });
  try {
    for await (const item of call.responses) print(item.text);
  } catch (error) {
    print(`${error}`);
  }
  // #endregion
  expect(output()).toBe('Error: 3 INVALID_ARGUMENT: n must not be negative');

  // #region cancel
  const stop = new AbortController();
  const endless = callsOf(client).list({ n: 0 }, { signal: stop.signal });
  for await (const item of endless.responses) {
    if (item.n === 3) break; // cancels the call
    if (item.n > 3) stop.abort(); // so does this, from wherever you hold it
  }
  print(`${(await endless.status).code}`);
  // #endregion
  expect(output()).toBe(`${status.CANCELLED}`);
});

test('the queue of the README works', async () => {
  const { client } = await startService({
    // #region queue
    list: serverStreaming(async function* (_, { signal }) {
      const queue = new MessageQueue<Answer>(100, { signal });
      const timer = setInterval(() => {
        if (!queue.offer({ n: Date.now(), text: 'tick' })) queue.end(); // full: this client is too slow
      }, 1);
      try {
        yield* queue;
      } finally {
        clearInterval(timer); // on every end: success, cancel, deadline, shutdown
      }
    }),
    // #endregion
  });
  const ticks: string[] = [];
  for await (const { text } of callsOf(client).list({ n: 0 }).responses) {
    if (ticks.push(text) === 3) break;
  }
  expect(ticks).toEqual(['tick', 'tick', 'tick']);
});

test('the broadcast of the README works', async () => {
  // #region broadcast
  const room = new Broadcast<Answer>();

  async function passOn(asks: AsyncIterable<Ask>, heard: Subscription<Answer>, signal: AbortSignal) {
    try {
      for await (const { n } of asks) {
        const message = { n, text: `somebody said ${n}` };
        await room.send(message, JSON.stringify(message).length, signal); // waits while somebody is behind
      }
      heard.end();
    } catch (error) {
      heard.end(error);
    }
  }

  const handlers: Partial<TestHandlers> = {
    talk: bidiStreaming((asks, context) => {
      const heard = room.subscribe(context); // before anything is sent on this call
      void passOn(asks, heard, context.signal);
      return heard; // what the client gets
    }),
  };
  // #endregion
  const { client } = await startService(handlers);
  const [one, other] = [callsOf(client).talk(), callsOf(client).talk()];
  await until(() => room.size === 2);
  await one.send({ n: 1 });
  one.halfClose();
  for await (const { text } of one.responses) print(text);
  for await (const { text } of other.responses) {
    print(text);
    break;
  }
  expect(output()).toBe('somebody said 1 somebody said 1');
});

test('the open calls of the README work', async () => {
  const { server, client, calls: openCalls } = await startService(handlers);
  expect(openCalls).toBeInstanceOf(OpenCalls);
  const talk = callsOf(client).talk();
  await talk.send({ n: 1 });

  // #region stop
  const goodbye = statusError(status.UNAVAILABLE, 'server is shutting down');
  const closed = new Promise((resolve) => server.tryShutdown(resolve));
  openCalls.interrupt(goodbye); // handlers that read, or heed their signal, come to an end
  const late = setTimeout(() => openCalls.fail(goodbye), 5_000); // the others get no choice
  await closed;
  clearTimeout(late);
  // #endregion
  expect(await talk.status).toMatchObject({ code: status.UNAVAILABLE });
});

test('the test server of the README works', async () => {
  // #region testing
  const events: string[] = [];
  await using server = await startTestServer([[definition, handlers]], { events });
  const { say } = callsOf(server.connect(TestClient));
  await say({ n: 1 });
  await until(() => server.openCalls.size === 0);
  print(events.join(', '));
  // #endregion
  expect(output()).toBe('Say started, Say received, Say half-closed, Say sent, Say OK, Say ended');
});

test('every block of the README is what this file holds', () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'));
  const install = `pnpm --filter grpc-streams pack\nnpm install <clone>/grpc-streams-${version}.tgz @grpc/grpc-js`;
  expect(staleBlocks(join(import.meta.dirname, '../README.md'), { install })).toEqual([]);
});

test('the README shows the table that `pnpm --filter peers compare` wrote', () => {
  const read = (file: string) => readFileSync(join(import.meta.dirname, file), 'utf8');
  const shown = read('../README.md').match(
    /<!-- table: tools\/peers\/compare\/result.md -->\n([\s\S]*?)<!-- end -->/,
  )?.[1];
  expect(shown?.trim()).toBe(read('../../../tools/peers/compare/result.md').trim());
});
