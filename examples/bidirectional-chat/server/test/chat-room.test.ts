import { Metadata, status } from '@grpc/grpc-js';
import { type Conversation, soon, until } from '@grpc-by-example/testing';
import { requireToken, type VerifyToken } from 'grpc-program/server';
import { expect, test } from 'vitest';
import type { Response, Said } from '../../proto/test/contract.mts';
import { chatRoom } from '../src/chat-room.ts';
import { texts } from './chat-peer.ts';
import { type ChatServer, serve, startCallers } from './start.ts';

type Caller = Conversation<Said, Response>;

const OK = { code: status.OK, details: '' };

/** Lets callers of these names into the room, each on a connection of its own, one after the other. */
async function enter({ connect }: ChatServer, ...names: string[]): Promise<Caller[]> {
  const callers: Caller[] = [];
  for (const name of names) {
    const caller = connect().chat();
    callers.push(caller);
    await say(caller, name, 'I am here', callers);
  }
  return callers;
}

/** Says it, and waits until all these callers have heard it. */
async function say(speaker: Caller, name: string, message: string, listeners: Caller[]): Promise<void> {
  speaker.send({ name, message });
  await until(() => listeners.every((listener) => texts(listener).at(-1) === `${name}: ${message}`));
}

async function leave(...callers: Caller[]): Promise<void> {
  for (const { call } of callers) call.end();
  for (const caller of callers) expect(await caller.status).toMatchObject(OK);
}

test('everyone gets every message, the sender included', async () => {
  const service = await serve(chatRoom());
  const callers = await enter(service, 'Ann', 'Sam', 'John');
  const [ann, sam, john] = callers as [Caller, Caller, Caller];
  await say(ann, 'Ann', 'Hi', callers);
  await say(john, 'John', 'Hello', callers);
  await say(sam, '', '', callers);
  const heard = ['Ann: Hi', 'John: Hello', ': '];
  for (const caller of callers) expect(texts(caller).slice(-3)).toEqual(heard);
  await leave(ann, sam, john);
  await until(() => service.server.openCalls.size === 0);
});

test('all who listen get the messages of all speakers in one order', async () => {
  const service = await serve(chatRoom());
  const callers = await enter(service, 'Ann', 'Sam', 'John', 'Joe');
  const before = callers.map((caller) => caller.responses.length);
  for (let n = 0; n < 200; n++) {
    for (const [who, caller] of callers.entries()) caller.send({ name: `${who}`, message: `${n}` });
  }
  await until(() => callers.every((caller, who) => caller.responses.length === (before[who] ?? 0) + 800));
  const [first, ...others] = callers.map((caller) => texts(caller).slice(-800));
  expect(new Set(first).size).toBe(800);
  for (const other of others) expect(other).toEqual(first);
  for (const who of callers.keys()) {
    expect(first?.filter((text) => text.startsWith(`${who}: `))).toEqual(
      Array.from({ length: 200 }, (_, n) => `${who}: ${n}`),
    );
  }
});

test.each(['half-closes', 'cancels'])('the others are told, once, when a caller %s', async (how) => {
  const service = await serve(chatRoom());
  const callers = await enter(service, 'Ann', 'Sam', 'John');
  const [ann, sam, john] = callers as [Caller, Caller, Caller];
  await say(sam, 'Samuel', 'my name is longer now', callers);
  if (how === 'cancels') sam.call.cancel();
  else sam.call.end();
  expect(await sam.status).toMatchObject({ code: how === 'cancels' ? status.CANCELLED : status.OK });
  const end = ['Samuel: my name is longer now', 'Samuel left the chat', 'John: Who was that?'];
  await until(() => [ann, john].every((caller) => texts(caller).at(-1) === 'Samuel left the chat'));
  await say(john, 'John', 'Who was that?', [ann, john]);
  for (const caller of [ann, john]) expect(texts(caller).slice(-3)).toEqual(end);
  expect(texts(sam).at(-1)).toBe('Samuel: my name is longer now');
});

test('the others are told when the process of a caller is killed', async () => {
  const service = await serve(chatRoom());
  const [ann] = (await enter(service, 'Ann')) as [Caller];
  const callers = await startCallers(service, 1);
  callers.signal('SIGKILL');
  await until(() => texts(ann).at(-1) === 'caller 0 left the chat');
  await say(ann, 'Ann', 'Poor thing', [ann]);
  await leave(ann);
  await until(() => service.server.openCalls.size === 0);
});

test('a caller who never sent anything hears all, and leaves without a word', async () => {
  const service = await serve(chatRoom());
  const [ann] = (await enter(service, 'Ann')) as [Caller];
  const silent = service.connect().chat();
  await until(() => service.server.openCalls.size === 2);
  await say(ann, 'Ann', 'Anybody?', [ann, silent]);
  await leave(silent);
  await say(ann, 'Ann', 'Alone', [ann]);
  expect(texts(ann)).toEqual(['Ann: I am here', 'Ann: Anybody?', 'Ann: Alone']);
});

test('what was said before a caller half-closes still reaches it', async () => {
  const service = await serve(chatRoom());
  const caller = service.connect().chat();
  caller.send(...Array.from({ length: 50 }, (_, n) => ({ name: 'Ann', message: `${n}` })));
  await leave(caller);
  expect(texts(caller)).toEqual(Array.from({ length: 50 }, (_, n) => `Ann: ${n}`));
});

test('an empty stream gets nothing and is OK', async () => {
  const caller = (await serve(chatRoom())).connect().chat();
  await leave(caller);
  expect(caller.responses).toEqual([]);
});

test('a message over 4 MiB puts only its sender out of the room', async () => {
  const service = await serve(chatRoom());
  const [ann, sam] = (await enter(service, 'Ann', 'Sam')) as [Caller, Caller];
  sam.send({ name: 'Sam', message: 'x'.repeat(4 * 1024 * 1024) });
  expect(await sam.status).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  await until(() => texts(ann).at(-1) === 'Sam left the chat');
  await leave(ann);
});

test('a server that stops tells every caller, and the room is empty then', async () => {
  const service = await serve(chatRoom());
  const callers = await enter(service, 'Ann', 'Sam');
  await service.server.stop();
  for (const caller of callers) {
    expect(await caller.status).toMatchObject({ code: status.UNAVAILABLE, details: 'server is shutting down' });
  }
  expect(service.server.openCalls.size).toBe(0);
});

test('who comes with a token speaks, and leaves, by the name that it is for', async () => {
  const verify: VerifyToken = async (token) => ({ subject: token === 'nameless' ? undefined : token, claims: {} });
  const service = await serve(chatRoom(), { interceptors: [requireToken(verify)] });
  const enterWith = (token: string): Caller => {
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${token}`);
    return service.connect().chat(soon(), metadata);
  };
  const [ann, sam] = [enterWith('Ann'), enterWith('Sam')];
  await until(() => service.server.openCalls.size === 2);
  sam.send({ name: 'Ann', message: 'I owe Sam 100' }, { name: '', message: 'Bye' });
  await leave(sam);
  await until(() => ann.responses.length === 3);
  expect(texts(ann)).toEqual(['Sam: I owe Sam 100', 'Sam: Bye', 'Sam left the chat']);

  const nameless = enterWith('nameless');
  nameless.send({ name: 'Ann', message: 'Hi' });
  expect(await nameless.status).toMatchObject({
    code: status.PERMISSION_DENIED,
    details: 'the token does not say whom it is for: the room needs a name',
  });
  await leave(ann);
  expect(ann.responses).toHaveLength(3);
});
