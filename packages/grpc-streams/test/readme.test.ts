import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Metadata, status } from '@grpc/grpc-js';
import { soon, staleBlocks } from 'testing';
import { expect, test } from 'vitest';
import {
  bidiCall,
  bidiStreaming,
  clientStreaming,
  clientStreamingCall,
  MessageQueue,
  OpenCalls,
  serverStreaming,
  serverStreamingCall,
  statusError,
  unary,
  unaryCall,
} from '../src/index.ts';
import { type Answer, type Ask, startService, type TestHandlers } from './test-service.ts';

const options = soon;
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
  const answer = await unaryCall<Answer>((callback) => client.say({ n: 1 }, options(), callback));
  print(answer.text);
  // #endregion
  expect(output()).toBe('said');

  // #region client-streaming call
  const upload = clientStreamingCall<Ask, Answer>((callback) => client.collect(options(), callback));
  await upload.sendAll([{ n: 1 }, { n: 2 }, { n: 3 }]);
  print(`${(await upload.response).n}`);
  // #endregion
  expect(output()).toBe('6');

  // #region server-streaming call
  const download = serverStreamingCall(client.list({ n: 2 }, options()));
  for await (const item of download.responses) print(item.text);
  // #endregion
  expect(output()).toBe('item 1 item 2');

  // #region bidirectional call
  const talk = bidiCall(client.talk(options()));
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
});

test('the context, the status and the signals of the README work', async () => {
  const { client } = await startService({
    // #region context
    list: serverStreaming(async function* (ask, { signal, call, trailer }) {
      if (ask.n < 0) throw statusError(status.INVALID_ARGUMENT, 'n must not be negative');
      call.sendMetadata(new Metadata()); // the headers; else they go with the first message
      trailer.set('counted-for', call.getPeer());
      for (let n = 1; !signal.aborted; n++) yield { n, text: `item ${n}` };
    }),
    // #endregion
  });

  // #region errors
  const call = serverStreamingCall(client.list({ n: -1 }, options()));
  try {
    for await (const item of call.responses) print(item.text);
  } catch (error) {
    print(`${error}`);
  }
  // #endregion
  expect(output()).toBe('Error: 3 INVALID_ARGUMENT: n must not be negative');

  // #region cancel
  const stop = new AbortController();
  const endless = serverStreamingCall(client.list({ n: 0 }, options()), { signal: stop.signal });
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
  for await (const tick of serverStreamingCall(client.list({ n: 0 }, options())).responses) {
    if (tick.text === 'tick') break;
  }
});

test('the open calls of the README work', async () => {
  const { server, client, calls: openCalls } = await startService(handlers);
  expect(openCalls).toBeInstanceOf(OpenCalls);
  const talk = bidiCall(client.talk(options()));
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

test('every block of the README is what this file holds', () => {
  expect(
    staleBlocks(join(import.meta.dirname, '../README.md'), { install: 'npm install grpc-streams @grpc/grpc-js' }),
  ).toEqual([]);
});

test('the README shows the table that `pnpm --filter peers compare` wrote', () => {
  const read = (file: string) => readFileSync(join(import.meta.dirname, file), 'utf8');
  const shown = read('../README.md').match(
    /<!-- table: tools\/peers\/compare\/result.md -->\n([\s\S]*?)<!-- end -->/,
  )?.[1];
  expect(shown?.trim()).toBe(read('../../../tools/peers/compare/result.md').trim());
});
