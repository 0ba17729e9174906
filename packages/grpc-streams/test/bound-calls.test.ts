import { setTimeout } from 'node:timers/promises';
import { ServerInterceptingCall, type ServerInterceptor, status } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { serverStreaming, serverStreamingCall, statusError } from '../src/index.ts';
import { answer, ask, soon, startService } from './test-service.ts';

/** An interceptor that takes its time with each message, and with the first most. */
const slowInterceptor: ServerInterceptor = (_, call) => {
  let delay = 20;
  return new ServerInterceptingCall(call, {
    start: (next) => next(),
    sendMetadata: (metadata, next) => next(metadata),
    sendMessage: (message, next) => {
      void setTimeout(delay).then(() => next(message));
      delay = (delay * 7) % 5;
    },
    sendStatus: (result, next) => next(result),
  });
};

test.each([
  ['OK', undefined, status.OK],
  ['an error', statusError(status.ABORTED, 'enough'), status.ABORTED],
])('responses pass a slow interceptor in order, and %s comes after them', async (_, error, code) => {
  const { client } = await startService(
    {
      list: serverStreaming(async function* ({ n }) {
        for (let i = 1; i <= n; i++) yield answer(i);
        if (error) throw error;
      }),
    },
    { interceptors: [slowInterceptor] },
  );
  const call = serverStreamingCall(client.list(ask(30), soon()));
  const read: number[] = [];
  try {
    for await (const { n } of call.responses) read.push(n);
  } catch {
    // The status tells.
  }
  expect(await call.status).toMatchObject({ code });
  expect(read).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
});
