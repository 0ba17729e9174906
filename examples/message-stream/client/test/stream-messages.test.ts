import { status } from '@grpc/grpc-js';
import { openSocketsAndTimers, until } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import type { Request } from '../../proto/test/contract.mts';
import { fail, type PeerCall, sendNumbers } from './message-peer.ts';
import { NEVER, startStreaming } from './start.ts';

const HELLO = 'Hello, world!';

const lines = (...messages: (number | string)[]) => messages.map((message) => `Received message: ${message}`);

/** A server that says nothing, and all that it has seen of its call. */
function listener() {
  const seen: unknown[] = [];
  const listen = (call: PeerCall) => {
    seen.push(call.getPath());
    call.on('data', (request: Request) => seen.push(request.name));
    call.on('end', () => {
      seen.push('half-close');
      call.end();
    });
  };
  return { seen, listen };
}

test('the first message goes out at once, and the others do not wait for an answer', async () => {
  const { seen, listen } = listener();
  const start = performance.now();
  const { interrupt, ended, printed } = await startStreaming(listen, { intervalMs: 20 });
  await until(() => seen.length >= 7);
  expect(performance.now() - start).toBeGreaterThan(5 * 19); // a timer may be 1 ms early
  interrupt();
  await ended;
  expect(seen.slice(0, 7)).toEqual(['/messages.MessageService/StreamMessages', ...Array(6).fill(HELLO)]);
  expect(seen.at(-1)).toBe('half-close');
  expect(printed).toEqual([]);
});

test('each message is printed as it comes, and none is answered', async () => {
  const calls: PeerCall[] = [];
  const { interrupt, ended, printed, ticks } = await startStreaming((call) => calls.push(call), { intervalMs: NEVER });
  await until(() => calls.length === 1);
  const messages = ['1', '', 'שלום 👩‍👩‍👧‍👦', 'x'.repeat(100_000)];
  for (const [n, message] of messages.entries()) {
    calls[0]?.write({ message });
    await until(() => printed.length === n + 1);
  }
  calls[0]?.resume().on('end', () => calls[0]?.end());
  interrupt();
  await ended;
  expect(printed).toEqual(lines(...messages));
  expect(ticks()).toBe(1);
});

test('the interrupt half-closes in the middle of the wait, and what the server still says is printed', async () => {
  const { interrupt, ended, printed } = await startStreaming(
    (call) => {
      sendNumbers(call, 1);
      call.resume().on('end', () => {
        sendNumbers(call, 3);
        call.end();
      });
    },
    { intervalMs: NEVER },
  );
  await until(() => printed.length === 1);
  interrupt();
  await ended;
  expect(printed).toEqual(lines(1, 1, 2, 3));
});

test('an interrupt before the first message is an empty stream', async () => {
  const { seen, listen } = listener();
  const { interrupt, ended } = await startStreaming(listen, { intervalMs: NEVER });
  interrupt();
  await ended;
  expect(seen.at(-1)).toBe('half-close');
});

test.each([
  ['fails', { intervalMs: 20 }],
  ['fails', { intervalMs: NEVER }],
  ['ends with OK', { intervalMs: 20 }],
  ['ends with OK', { intervalMs: NEVER }],
])('when the server %s its messages are printed and the ticker stops: %o', async (how, options) => {
  let end = () => {};
  const { ended, printed, ticks } = await startStreaming((call) => {
    call.resume();
    sendNumbers(call, 3);
    end = () => (how === 'fails' ? fail(call, { code: status.DATA_LOSS, details: 'the rest is lost' }) : call.end());
  }, options);
  await until(() => printed.length === 3);
  end();
  const code = how === 'fails' ? status.DATA_LOSS : status.INTERNAL; // the client had more to say
  await expect(ended).rejects.toMatchObject({ code });
  expect(printed).toEqual(lines(1, 2, 3));
  const atEnd = ticks();
  await until(() => !openSocketsAndTimers().includes('Timeout'));
  expect(ticks()).toBe(atEnd);
});

test('a server that refuses the call at once is reported once, by its status', async () => {
  const refuse = (call: PeerCall) => fail(call, { code: status.PERMISSION_DENIED, details: 'members only' });
  const { ended } = await startStreaming(refuse, { intervalMs: 1 });
  await expect(ended).rejects.toMatchObject({ code: status.PERMISSION_DENIED, details: 'members only' });
});
