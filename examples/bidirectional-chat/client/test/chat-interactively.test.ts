import { PassThrough } from 'node:stream';
import { status } from '@grpc/grpc-js';
import { until } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import type { Said } from '../../proto/test/contract.mts';
import { chatInteractively } from '../src/chat-interactively.ts';
import { answerEach, fail, type PeerCall, reply } from './chat-peer.ts';
import { connect, serve } from './start.ts';

/** Chats as Ann with this server. */
async function startChatting(server: (call: PeerCall) => void, deadlineMs?: number) {
  const client = connect(await serve(server), deadlineMs);
  const input = new PassThrough();
  const printed: string[] = [];
  const interruption = new AbortController();
  const ended = chatInteractively(client, {
    name: 'Ann',
    input,
    print: (line) => printed.push(line),
    interrupted: interruption.signal,
  });
  ended.catch(() => {}); // the test awaits it later
  return { input, printed, ended, interrupt: () => interruption.abort() };
}

test('lines are sent and responses printed at the same time, until the input ends', async () => {
  const { input, printed, ended } = await startChatting(answerEach);
  for (let n = 1; n <= 3; n++) {
    input.write(`${n}\n`);
    await until(() => printed.length === n);
  }
  input.end('last');
  await ended;
  expect(printed).toEqual(['Ann: 1', 'Ann: 2', 'Ann: 3', 'Ann: last']);
});

test('characters that arrive in pieces, and both kinds of line ends, make whole lines', async () => {
  const { input, printed, ended } = await startChatting(answerEach);
  for (const byte of Buffer.from('👋🏽\r\n\nשלום\n')) input.write(Buffer.of(byte));
  input.end();
  await ended;
  expect(printed).toEqual(['Ann: 👋🏽', 'Ann: ', 'Ann: שלום']);
});

test('a line end that comes in two pieces with a pause between them is one', async () => {
  const { input, printed, ended } = await startChatting(answerEach);
  input.write('1\r');
  await until(() => printed.length === 1);
  // Node's readline takes the pieces for two line ends when they are more than 100 ms apart.
  const pauseEnd = performance.now() + 150;
  await until(() => performance.now() > pauseEnd);
  input.end('\n2\r\n');
  await ended;
  expect(printed).toEqual(['Ann: 1', 'Ann: 2']);
});

test('a line without an end is not kept without end; those before it are sent', async () => {
  const { input, printed, ended } = await startChatting(answerEach);
  input.write('1\n');
  await until(() => printed.length === 1);
  input.write(Buffer.alloc(64 * 2 ** 20 + 1, 'x')); // and the input is still open
  await expect(ended).rejects.toMatchObject({
    code: status.RESOURCE_EXHAUSTED,
    details: 'a line of the input has no end',
  });
});

test('the interrupt half-closes, and what the server still says is printed', async () => {
  const heard: Said[] = [];
  const { input, printed, ended, interrupt } = await startChatting((call) => {
    call.on('data', (said: Said) => heard.push(said));
    call.on('end', () => {
      for (const said of heard) reply(call, said);
      call.end();
    });
  });
  input.write('1\n2\n');
  await until(() => heard.length === 2);
  interrupt();
  await ended;
  expect(printed).toEqual(['Ann: 1', 'Ann: 2']);
});

test('an interrupt before the first line is an empty stream', async () => {
  const events: string[] = [];
  const { printed, ended, interrupt } = await startChatting((call) => {
    call.on('data', () => events.push('message'));
    call.on('end', () => {
      events.push('half-close');
      call.end();
    });
  });
  interrupt();
  await ended;
  expect({ events, printed }).toEqual({ events: ['half-close'], printed: [] });
});

test('a server that never answers an interrupt is waited for until the deadline of the call', async () => {
  const { ended, interrupt } = await startChatting((call) => call.resume(), 500);
  interrupt();
  await expect(ended).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
});

test.each(['fails', 'ends with OK'])(
  'when the server %s the input is left alone, though it is still open',
  async (how) => {
    const { input, printed, ended } = await startChatting((call) => {
      call.on('data', (said: Said) => {
        if (said.message !== 'go') reply(call, said);
        else if (how === 'fails') fail(call, { code: status.ABORTED, details: 'gone' });
        else call.end();
      });
    });
    input.write('Hi\n');
    await until(() => printed.length === 1);
    input.write('go\n');
    if (how === 'fails') await expect(ended).rejects.toMatchObject({ code: status.ABORTED, details: 'gone' });
    else await expect(ended).rejects.toMatchObject({ code: status.INTERNAL });
    expect(printed).toEqual(['Ann: Hi']);
    expect(input.isPaused()).toBe(true);
  },
);
