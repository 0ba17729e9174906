import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { connectRelay } from '@grpc-by-example/broker';
import { builtNatsServer, type Conversation, NatsServer, stopLater, until } from '@grpc-by-example/testing';
import { ServerProgram } from '@grpc-by-example/testing/program-tests';
import { expect, type TestContext, test } from 'vitest';
import type { Response, Said } from '../../proto/test/contract.mts';
import { chatRoom, texts as kind } from '../src/chat-room.ts';
import { ChatPeer, texts } from './chat-peer.ts';
import { type ChatServer, serve } from './start.ts';

type Caller = Conversation<Said, Response>;

const numbers = (name: string, count: number) => Array.from({ length: count }, (_, n) => `${name}: ${n}`);
const of = (name: string, caller: Caller) => texts(caller).filter((text) => text.startsWith(`${name}: `));

/** Starts a broker and as many servers of one room. */
async function start(context: TestContext, replicas: number, options: Parameters<typeof chatRoom>[0] = {}) {
  const nats = await NatsServer.start(await builtNatsServer(context));
  const servers: ChatServer[] = [];
  const warnings: string[] = [];
  for (let n = 0; n < replicas; n++) {
    const relay = await connectRelay(nats.url, {}, { name: 'chat', kind, warn: (told) => warnings.push(told) });
    stopLater(() => relay.close());
    servers.push(await serve(chatRoom({ ...options, relay })));
  }
  return { nats, servers, warnings };
}

/** Lets a caller in at a server, and waits until all have heard it. */
async function enter(server: ChatServer | undefined, name: string, others: Caller[]): Promise<Caller> {
  const caller = server?.connect().chat() as Caller;
  caller.send({ name, message: 'here' });
  await until(() => [caller, ...others].every((one) => texts(one).includes(`${name}: here`)));
  others.push(caller);
  return caller;
}

test('callers of two servers are in one room: one order for all, and who leaves is told', async (context) => {
  const { servers } = await start(context, 2);
  const all: Caller[] = [];
  const ann = await enter(servers[0], 'Ann', all);
  const bob = await enter(servers[1], 'Bob', all);
  const sam = await enter(servers[1], 'Sam', all);
  const before = all.map(({ responses }) => responses.length);
  for (const [name, caller] of [
    ['Ann', ann],
    ['Bob', bob],
    ['Sam', sam],
  ] as const) {
    for (let n = 0; n < 300; n++) caller.send({ name, message: `${n}` });
  }
  await until(() => all.every(({ responses }, n) => responses.length === (before[n] ?? 0) + 900));
  const heard = all.map((caller) => texts(caller).slice(-900));
  for (const other of heard) expect(other).toEqual(heard[0]);
  for (const name of ['Ann', 'Bob', 'Sam']) expect(of(name, ann).slice(-300)).toEqual(numbers(name, 300));

  sam.send({ name: 'Sam', message: 'bye' });
  sam.call.end();
  expect(await sam.status).toMatchObject({ code: status.OK });
  expect(texts(sam).at(-1)).toBe('Sam: bye');
  await until(() => [ann, bob].every((caller) => texts(caller).at(-1) === 'Sam left the chat'));
  bob.call.cancel();
  await until(() => texts(ann).at(-1) === 'Bob left the chat');
  await servers[0]?.server.stop();
  expect(await ann.status).toMatchObject({ code: status.UNAVAILABLE });
});

test('a broker that is killed is waited for: no line is missing, and none comes twice', async (context) => {
  const { nats, servers, warnings } = await start(context, 2);
  const all: Caller[] = [];
  const ann = await enter(servers[0], 'Ann', all);
  const bob = await enter(servers[1], 'Bob', all);
  for (const [name, caller] of [
    ['Ann', ann],
    ['Bob', bob],
  ] as const) {
    for (let n = 0; n < 3_000; n++) caller.send({ name, message: `${n}` });
  }
  const untilBoth = (what: string, times: number) =>
    until(() => warnings.filter((told) => told === `the broker is ${what}`).length >= 2 * times);
  for (const [kills, count] of [500, 1_500].entries()) {
    await until(() => ann.responses.length > count);
    await nats.kill();
    await untilBoth('away', kills + 1);
    await nats.startAgain();
    // A server that is not back yet would not say again that it is away.
    await untilBoth('back', kills + 1);
  }
  // Ann has heard both come, Bob himself.
  await until(() => ann.responses.length >= 6_002 && bob.responses.length >= 6_001);
  expect(texts(ann).slice(-5_900)).toEqual(texts(bob).slice(-5_900));
  for (const name of ['Ann', 'Bob']) expect(of(name, ann).slice(1)).toEqual(numbers(name, 3_000));
});

test('who reads is not put out, at whatever server; senders of all wait for the slowest; who takes nothing is out', async (context) => {
  const { servers } = await start(context, 2, { bufferBytes: 160 * 1024, sendTimeoutMs: 1_000 });
  const all: Caller[] = [];
  const slow = await enter(servers[1], 'Slow', all);
  const stalled = await enter(servers[1], 'Stalled', all);
  const ann = await enter(servers[0], 'Ann', all);
  stalled.call.pause();
  slow.call.pause();
  slow.call.on('data', () => slow.call.pause());
  const pace = setInterval(() => slow.call.resume(), 5);
  const large = 'x'.repeat(16 * 1024);
  for (let n = 0; n < 600; n++) ann.send({ name: 'Ann', message: `${n} ${large}` });
  await until(() => of('Ann', ann).length === 601).finally(() => clearInterval(pace));
  slow.call.removeAllListeners('data');
  slow.call.on('data', (response: Response) => slow.responses.push(response)).resume();
  await until(() => of('Ann', slow).length === 601);
  expect(texts(ann).filter((text) => text.endsWith(' left the chat'))).toEqual(['Stalled left the chat']);
  expect(
    of('Ann', slow)
      .slice(1)
      .map((text) => Number.parseInt(text.slice(5), 10)),
  ).toEqual(Array.from({ length: 600 }, (_, n) => n));
  stalled.call.resume();
  expect((await stalled.status).code).not.toBe(status.OK);
});

test('a server that stops says who left; one that is killed holds up the others for a time, and they say who left', async (context) => {
  const program = new ServerProgram('chat-server', join(import.meta.dirname, '..'));
  const nats = await NatsServer.start(await builtNatsServer(context));
  const start = async (name: string, others: Caller[]) => {
    const args = ['--room', '--log-level', 'warn', '--broker', nats.url];
    const { server, port } = await program.startOnFreePort(...args);
    const peer = new ChatPeer(port);
    stopLater(() => peer.close());
    const caller = peer.chat();
    caller.send({ name, message: 'here' });
    others.push(caller);
    await until(() => others.every((other) => texts(other).includes(`${name}: here`)));
    return { server, caller };
  };
  const all: Caller[] = [];
  const stopped = await start('Ann', all);
  const { caller: bob } = await start('Bob', all);
  const killed = await start('Cat', all);
  stopped.server.signal('SIGTERM');
  expect(await stopped.server.ended).toBe(0);
  await until(() => texts(bob).at(-1) === 'Ann left the chat');

  killed.server.signal('SIGKILL');
  // More than the stream holds for one that does not take it.
  const large = 'x'.repeat(100_000);
  for (let n = 0; n < 60; n++) bob.send({ name: 'Bob', message: `${n} ${large}` });
  await until(() => of('Bob', bob).length === 61 && texts(bob).includes('Cat left the chat'));
  expect(texts(bob).filter((text) => text.endsWith(' left the chat'))).toEqual([
    'Ann left the chat',
    'Cat left the chat',
  ]);
});
