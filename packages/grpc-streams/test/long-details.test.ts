import { type StatusObject, status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { bidiCall, bidiStreaming, serverStreamingCall, statusError, unaryCall } from '../src/index.ts';
import { kinds } from './each-kind.ts';
import { type Answer, answer, ask, soon, startService } from './test-service.ts';
import { failureOf } from './wait.ts';

/** By name: a test runner would print the texts themselves. */
const texts: Record<string, [details: string, expected: RegExp]> = {
  ASCII: ['x'.repeat(3.9 * 2 ** 20), /^x{2000,4096}…$/],
  'characters of three bytes': ['名'.repeat(1.3 * 2 ** 20), /^名{300,4096}…$/],
  'characters of two halves': [`x${'😀'.repeat(2 ** 20)}`, /^x(😀)+\ufffd?…$/u],
  'halves of characters': ['\ud83d'.repeat(2 ** 20), /^\ufffd{300,}…$/],
  'few halves of characters': ['half \ud83d of it', /^half \ufffd of it$/],
};

describe.each(Object.keys(texts))('details of %s arrive, cut where they are long,', (name) => {
  const [details, expected] = texts[name] ?? ['', /^$/];

  test.each(kinds)('from a $kind handler, and other calls live', async ({ handlers, start }) => {
    const { client } = await startService({
      talk: bidiStreaming(async function* (requests) {
        for await (const { n } of requests) yield answer(n);
      }),
      ...handlers(() => Promise.reject(statusError(status.NOT_FOUND, details))),
    });
    const ended = await start(client).status;
    expect(ended.code).toBe(status.NOT_FOUND);
    expect(ended.details).toMatch(expected);
  });

  test('from plain handlers, and other calls on the connection live', async () => {
    const plain = { code: status.NOT_FOUND, details };
    const { client } = await startService({
      say: (_, callback) => callback(plain),
      list: (call) => {
        call.write(answer(1));
        call.emit('error', plain);
      },
      talk: bidiStreaming(async function* (requests) {
        for await (const { n } of requests) yield answer(n);
      }),
    });
    const talk = bidiCall(client.talk(soon()));
    const responses = talk.responses[Symbol.asyncIterator]();
    await talk.send(ask(1));
    expect(await responses.next()).toMatchObject({ value: answer(1) });
    const statuses = [
      failureOf(unaryCall<Answer>((done) => client.say(ask(1), soon(), done))),
      serverStreamingCall(client.list(ask(1), soon())).status,
    ];
    for (const ended of (await Promise.all(statuses)) as StatusObject[]) {
      expect(ended.code).toBe(status.NOT_FOUND);
      expect(ended.details).toMatch(expected);
    }
    await talk.send(ask(2));
    expect(await responses.next()).toMatchObject({ value: answer(2) });
    talk.halfClose();
    expect(await talk.status).toMatchObject({ code: status.OK });
  });
});
