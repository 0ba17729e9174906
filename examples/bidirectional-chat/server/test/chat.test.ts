import { status } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { chat } from '../src/chat.ts';
import { texts } from './chat-peer.ts';
import { serve } from './start.ts';

const OK = { code: status.OK, details: '' };
const MIB = 1024 * 1024;

test('each message is answered with its name and text, one for one and in order, and then the call is OK', async () => {
  const peer = (await serve(chat)).connect();
  const conversation = peer.chat();
  conversation.send(
    { name: 'Sam', message: 'Hi' },
    { name: 'Ann', message: 'Hey' },
    { name: 'John', message: 'Hello' },
  );
  conversation.call.end();
  expect(await conversation.status).toMatchObject(OK);
  expect(texts(conversation)).toEqual(['Sam: Hi', 'Ann: Hey', 'John: Hello']);
});

test('a response is there before the next message is sent, and before the half-close', async () => {
  const peer = (await serve(chat)).connect();
  const conversation = peer.chat();
  for (let n = 1; n <= 20; n++) {
    conversation.send({ name: 'Ann', message: `${n}` });
    await conversation.received(n);
    expect(texts(conversation).at(-1)).toBe(`Ann: ${n}`);
  }
  conversation.call.end();
  expect(await conversation.status).toMatchObject(OK);
  expect(conversation.responses).toHaveLength(20);
});

test('thousands of messages sent at once all come back in order', async () => {
  const peer = (await serve(chat)).connect();
  const numbers = Array.from({ length: 5_000 }, (_, n) => n);
  const responses = await peer.say(...numbers.map((n) => ({ name: 'Ann', message: `${n}` })));
  expect(responses).toEqual(numbers.map((n) => `Ann: ${n}`));
});

test('an empty stream gets no response and is OK', async () => {
  const conversation = (await serve(chat)).connect().chat();
  conversation.call.end();
  expect(await conversation.status).toMatchObject(OK);
  expect(conversation.responses).toEqual([]);
});

test('an empty name and an empty text are legal', async () => {
  const peer = (await serve(chat)).connect();
  expect(await peer.say({}, { name: '', message: '' }, { name: 'Ann' }, { message: 'Hi' })).toEqual([
    ': ',
    ': ',
    'Ann: ',
    ': Hi',
  ]);
});

test.each([
  ['emoji', '👩‍👩‍👧‍👦', '🏴‍☠️ 🇱🇰 👋🏽'],
  ['combining marks, which are not normalised', 'Zoe\u0308', 'n\u0303 is not \u00f1'],
  ['right-to-left text', 'أنا', 'שלום \u202eabc\u202c'],
  ['control characters', 'NUL\0', '\0 \n \r\n \u0007 \u001b[31m'],
  ['the ends of the code space', '\u{10ffff}', '\u{1}\u{fffd}\u{ffff}'],
  ['a name that looks like a response', 'Ann: Hi', ': : '],
])('the text comes back unchanged: %s', async (_, name, message) => {
  const peer = (await serve(chat)).connect();
  expect(await peer.say({ name, message })).toEqual([`${name}: ${message}`]);
});

test('callers share nothing, neither on one connection nor on several', async () => {
  const { connect } = await serve(chat);
  const [one, other] = [connect(), connect()];
  const conversations = [one.chat(), one.chat(), other.chat(), other.chat()];
  for (let n = 1; n <= 10; n++) {
    for (const [caller, conversation] of conversations.entries())
      conversation.send({ name: `${caller}`, message: `${n}` });
    await Promise.all(conversations.map((conversation) => conversation.received(n)));
  }
  for (const [caller, conversation] of conversations.entries()) {
    conversation.call.end();
    expect(await conversation.status).toMatchObject(OK);
    expect(texts(conversation)).toEqual(Array.from({ length: 10 }, (_, n) => `${caller}: ${n + 1}`));
  }
});

test('a message over 4 MiB ends its call with RESOURCE_EXHAUSTED; other calls and the server go on', async () => {
  const { server, connect } = await serve(chat);
  const [one, other] = [connect(), connect()];
  const neighbour = one.chat();
  neighbour.send({ name: 'Ann', message: 'before' });
  await neighbour.received(1);

  const tooLarge = one.chat();
  tooLarge.send({ name: 'Sam', message: 'x'.repeat(4 * MIB) });
  expect(await tooLarge.status).toMatchObject({
    code: status.RESOURCE_EXHAUSTED,
    details: expect.stringContaining('larger than max'),
  });
  expect(tooLarge.responses).toEqual([]);

  neighbour.send({ name: 'Ann', message: 'after' });
  neighbour.call.end();
  expect(await neighbour.status).toMatchObject(OK);
  expect(texts(neighbour)).toEqual(['Ann: before', 'Ann: after']);
  expect(await other.say({ name: 'John', message: 'Hi' })).toEqual(['John: Hi']);
  await expect.poll(() => server.openCalls.size).toBe(0);
});

test('a message just below the limit is answered', async () => {
  const peer = (await serve(chat)).connect();
  const message = 'x'.repeat(3 * MIB);
  expect(await peer.say({ name: 'Ann', message })).toEqual([`Ann: ${message}`]);
});

test('fields that the contract does not have are ignored', async () => {
  const newer = `
    syntax = "proto3";
    import "google/protobuf/wrappers.proto";
    service Chat { rpc chat (stream ChatMessage) returns (stream google.protobuf.StringValue); }
    message ChatMessage { string name = 1; string message = 2; string colour = 3; repeated fixed64 times = 500; ChatMessage quoted = 501; }
  `;
  const peer = (await serve(chat)).connect(newer);
  const message = {
    name: 'Ann',
    message: 'Hi',
    colour: 'red',
    times: ['1', '2'],
    quoted: { name: 'Sam', message: 'Hey' },
  };
  expect(await peer.say(message)).toEqual(['Ann: Hi']);
});
