import { type handleUnaryCall, type ServerWritableStream, status } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { type ServerCall, serverStreamingCall } from '../src/index.ts';
import { kinds, Waiting } from './each-kind.ts';
import { type Answer, type Ask, ask, noOpenCalls, soon, startService } from './test-service.ts';

test.each(kinds)(
  'a $kind call beyond the number that may be open is refused, and one within it is not',
  async (kind) => {
    const refused: ServerCall[] = [];
    const waiting = [new Waiting(), new Waiting(), new Waiting()];
    let entered = 0;
    const { client, calls } = await startService(
      kind.handlers((context) => waiting[entered++]?.body(context) ?? Promise.reject(new Error('too many'))),
      { maxCalls: 2, onRefused: (call) => refused.push(call) },
    );
    const open = [kind.start(client), kind.start(client)];
    await Promise.all([waiting[0]?.entered, waiting[1]?.entered]);
    for (let n = 1; n <= 3; n++) {
      expect(await kind.start(client).status).toMatchObject({
        code: status.RESOURCE_EXHAUSTED,
        details: 'this server has as many open calls as it takes',
      });
      expect(refused).toHaveLength(n);
    }
    expect(calls.size).toBe(2);
    expect(entered).toBe(2);

    for (const { grpcCall } of open) grpcCall.cancel();
    await noOpenCalls(calls);
    const last = kind.start(client);
    await waiting[2]?.entered;
    last.grpcCall.cancel();
    expect(await last.status).toMatchObject({ code: status.CANCELLED });
    expect(refused).toHaveLength(3);
  },
);

test('plain handlers are refused too', async () => {
  const open: ServerWritableStream<Ask, Answer>[] = [];
  const say: handleUnaryCall<Ask, Answer> = () => expect.fail('is not called');
  const { client } = await startService({ list: (call) => void open.push(call), say }, { maxCalls: 1 });
  const first = serverStreamingCall(client.list(ask(1), soon()));
  // On one connection the first call comes first.
  const code = await new Promise((resolve) => client.say(ask(1), soon(), (error) => resolve(error?.code)));
  expect(code).toBe(status.RESOURCE_EXHAUSTED);
  const second = serverStreamingCall(client.list(ask(1), soon()));
  expect(await second.status).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  expect(open).toHaveLength(1);
  for (const call of open) call.end();
  expect(await first.status).toMatchObject({ code: status.OK });
});
