import { setTimeout as delay } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { openSocketsAndTimers, until } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { type PeerCall, sendNumbers } from './message-peer.ts';
import { NEVER, startStreaming } from './start.ts';

const HELLO = 'Hello, world!';

const lines = (...messages: (number | string)[]) => messages.map((message) => `Received message: ${message}`);

test('with a count it prints so many, half-closes, and waits for the end of the call', async () => {
  const halfClosed: PeerCall[] = [];
  const { ended, printed } = await startStreaming(
    (call) => {
      sendNumbers(call, 5);
      call.resume().on('end', () => halfClosed.push(call));
    },
    { intervalMs: NEVER, count: 3 },
  );
  let over = false;
  void ended.then(() => {
    over = true;
  });
  await until(() => halfClosed.length === 1);
  for (let turn = 0; turn < 100; turn++) await delay(1);
  expect(over).toBe(false);
  for (const call of halfClosed) {
    sendNumbers(call, 2_000);
    call.end();
  }
  await ended;
  expect(printed).toEqual(lines(1, 2, 3));
  await until(() => !openSocketsAndTimers().includes('Timeout'));
});

test('a call that ends with OK before its count has come is a failure: there was more to say, and to hear', async () => {
  const { ended, printed } = await startStreaming(
    (call) => {
      sendNumbers(call, 2);
      call.end();
    },
    { intervalMs: NEVER, count: 3 },
  );
  await expect(ended).rejects.toMatchObject({ code: status.INTERNAL });
  expect(printed).toEqual(lines(1, 2));
});

test('a server that goes on after the half-close, as that of the document does, is left after a while', async () => {
  let cancelled = false;
  const { ended, printed } = await startStreaming(
    (call) => {
      const timer = setInterval(() => call.write({ message: HELLO }), 10);
      call.resume().on('cancelled', () => {
        clearInterval(timer);
        cancelled = true;
      });
    },
    { intervalMs: 20, count: 2, orderlyEndMs: 200 },
  );
  await expect(ended).rejects.toMatchObject({
    code: status.DEADLINE_EXCEEDED,
    details: 'the server did not end the call within 0.2 s of the half-close',
  });
  expect(printed).toEqual(lines(HELLO, HELLO));
  await until(() => cancelled);
});
