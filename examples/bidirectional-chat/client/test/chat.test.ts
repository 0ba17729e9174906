import { status } from '@grpc/grpc-js';
import { until } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import type { Said } from '../../proto/test/contract.mts';
import { chat } from '../src/chat.ts';
import { answerEach, endWith, fail, type PeerCall, reply } from './chat-peer.ts';
import { connect, serve } from './start.ts';

const THREE = ['Sam: Hi', 'Ann: Hey', 'John: Hello'];

/** Chats with this server to the end, and gives what was printed. */
async function printedWith(server: (call: PeerCall) => void): Promise<string[]> {
  const printed: string[] = [];
  await chat(connect(await serve(server)), (line) => printed.push(line));
  return printed;
}

test('the chat of the document prints its three lines', async () => {
  expect(await printedWith(answerEach)).toEqual(THREE);
});

test('the three messages and the half-close go out as they are, on one call', async () => {
  const seen: unknown[] = [];
  await printedWith((call) => {
    seen.push(call.getPath());
    call.on('data', (said: Said) => {
      seen.push(said);
      reply(call, said);
    });
    call.on('end', () => {
      seen.push('half-close');
      call.end();
    });
  });
  expect(seen).toEqual([
    '/Chat/chat',
    { name: 'Sam', message: 'Hi' },
    { name: 'Ann', message: 'Hey' },
    { name: 'John', message: 'Hello' },
    'half-close',
  ]);
});

test('the messages go out without a wait for responses: the server may answer all of them after the third', async () => {
  const printed = await printedWith((call) => {
    const heard: Said[] = [];
    call.on('data', (said: Said) => {
      if (heard.push(said) === 3) for (const each of heard) reply(call, each);
    });
    call.on('end', () => call.end());
  });
  expect(printed).toEqual(THREE);
});

test('a server that does not read on before its response is taken gets it taken', async () => {
  // More than a client takes that does not read.
  const padding = 'x'.repeat(2 * 1024 * 1024);
  const printed = await printedWith((call) => {
    call.on('data', ({ name = '' }: Said) => {
      call.pause();
      call.write({ value: name + padding }, () => call.resume());
    });
    call.on('end', () => call.end());
  });
  expect(printed.map((line) => line.replace(padding, ''))).toEqual(['Sam', 'Ann', 'John']);
});

test('each response is printed as soon as it comes', async () => {
  const calls: PeerCall[] = [];
  const printed: string[] = [];
  const chatting = chat(connect(await serve((call) => calls.push(call))), (line) => printed.push(line));
  await until(() => calls.length === 1);
  for (let n = 1; n <= 3; n++) {
    calls[0]?.write({ value: `${n}` });
    await until(() => printed.length === n);
  }
  calls[0]?.end();
  await chatting;
  expect(printed).toEqual(['1', '2', '3']);
});

test('a server may say more than it was asked, before the first message and after the half-close', async () => {
  const printed = await printedWith((call) => {
    call.write({ value: 'Welcome' });
    call.on('data', (said: Said) => reply(call, said));
    call.on('end', () => endWith(call, ''));
  });
  expect(printed).toEqual(['Welcome', ...THREE, '']);
});

test('when the server fails in the middle, its responses are printed and then its status is thrown', async () => {
  const printed: string[] = [];
  const client = connect(
    await serve((call) => {
      call.write({ value: 'Sam: Hi' });
      call.write({ value: 'Ann: Hey' });
      fail(call, { code: status.DATA_LOSS, details: 'John is lost' });
    }),
  );
  const error = await chat(client, (line) => printed.push(line)).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ code: status.DATA_LOSS, details: 'John is lost' });
  expect(printed).toEqual(['Sam: Hi', 'Ann: Hey']);
});

test('a server that refuses the call at once is reported once, by its status', async () => {
  const chatting = printedWith((call) => fail(call, { code: status.PERMISSION_DENIED, details: 'members only' }));
  await expect(chatting).rejects.toMatchObject({ code: status.PERMISSION_DENIED, details: 'members only' });
});

test('a server that ends with OK before it has answered everything has failed', async () => {
  const printed: string[] = [];
  const address = await serve((call) => {
    call.once('data', (said: Said) => {
      reply(call, said);
      call.end();
    });
  });
  await expect(chat(connect(address), (line) => printed.push(line))).rejects.toMatchObject({
    code: status.INTERNAL,
    details: 'the server ended the call before it had everything',
  });
  expect(printed).toEqual(['Sam: Hi']);
});

test('a server that never answers is waited for until the deadline of the call', async () => {
  const printed: string[] = [];
  const client = connect(await serve((call) => call.resume()), 500);
  const chatting = chat(client, (line) => printed.push(line));
  await expect(chatting).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
  expect(printed).toEqual([]);
});
