import { connect } from 'node:http2';
import { status } from '@grpc/grpc-js';
import { type Conversation, until } from '@grpc-by-example/testing';
import { expect, onTestFinished, test } from 'vitest';
import type { Response, Said } from '../../proto/test/contract.mts';
import { chatRoom } from '../src/chat-room.ts';
import { texts } from './chat-peer.ts';
import { type ChatServer, serve, startCallers } from './start.ts';

type Caller = Conversation<Said, Response>;

const MIB = 2 ** 20;
const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

/** Lets callers in that read all the time, each on a connection of its own. */
async function enter({ connect, server }: ChatServer, count: number): Promise<Caller[]> {
  const callers = numbers(count).map(() => connect().chat());
  await until(() => server.openCalls.size >= count);
  return callers;
}

/** A message as it goes over the wire. */
function frameOf(name: string, message: string): Buffer {
  const field = (number: number, text: string) =>
    Buffer.concat([Buffer.of((number << 3) | 2, text.length), Buffer.from(text)]);
  const bytes = Buffer.concat([field(1, name), field(2, message)]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

/** Opens a call by Node's own HTTP/2, which reads what comes. */
function openRaw({ server }: ChatServer) {
  const session = connect(`http://localhost:${server.port}`);
  session.on('error', () => {});
  onTestFinished(() => session.destroy());
  return () =>
    session
      .request({ ':method': 'POST', ':path': '/Chat/chat', 'content-type': 'application/grpc', te: 'trailers' })
      .on('error', () => {})
      .resume();
}

test('thousands of small messages in one piece are heard by all, in order', async () => {
  const service = await serve(chatRoom());
  const callers = await enter(service, 5);
  openRaw(service)().write(Buffer.concat(numbers(6_000).map((n) => frameOf('Ann', `${n}`))));
  for (const caller of callers) {
    await caller.received(6_000);
    expect(texts(caller)).toEqual(numbers(6_000).map((n) => `Ann: ${n}`));
  }
});

test('each of the callers that talk at once hears all that all of them say', async () => {
  const service = await serve(chatRoom({ bufferBytes: 20_000 }));
  const callers = await enter(service, 8);
  for (const [who, caller] of callers.entries()) {
    caller.send(...numbers(500).map((n) => ({ name: `${who}`, message: `${n}` })));
  }
  for (const caller of callers) await caller.received(4_000);
  const [first, ...others] = callers.map(texts);
  for (const other of others) expect(other).toEqual(first);
  for (const who of callers.keys()) {
    expect(first?.filter((text) => text.startsWith(`${who}: `))).toEqual(numbers(500).map((n) => `${who}: ${n}`));
  }
});

test('when hundreds of callers leave at once, all who stay are told of each', async () => {
  const service = await serve(chatRoom());
  const callers = await enter(service, 3);
  const open = openRaw(service);
  const leaving = numbers(300).map((n) => {
    const stream = open();
    stream.write(frameOf(`caller ${n}`, 'Hi'));
    return stream;
  });
  const isThere = (text: string) => callers.every((caller) => texts(caller).includes(text));
  await until(() => numbers(300).every((n) => isThere(`caller ${n}: Hi`)));
  leaving[0]?.session?.destroy();
  await until(() => numbers(300).every((n) => isThere(`caller ${n} left the chat`)));
  const [first, ...others] = callers.map(texts);
  expect(first).toHaveLength(600);
  for (const other of others) expect(other).toEqual(first);
  expect(service.server.openCalls.size).toBe(3);
});

test('when the process of many callers is killed, those who stay are told of each', async () => {
  const service = await serve(chatRoom());
  const [ann] = (await enter(service, 1)) as [Caller];
  const callers = await startCallers(service, 50);
  callers.signal('SIGKILL');
  const left = () => texts(ann).filter((text) => text.endsWith(' left the chat'));
  await until(() => left().length === 50);
  expect(new Set(left()).size).toBe(50);
  await until(() => service.server.openCalls.size === 1);
});

test('a message that gets too large with its name is refused, and nobody else hears of it', async () => {
  const service = await serve(chatRoom());
  const [ann, sam] = (await enter(service, 2)) as [Caller, Caller];
  const heading = 5; // in front of the text, in the message that is sent
  sam.send({ message: 'x'.repeat(4 * MIB - heading) });
  expect(await sam.status).toMatchObject({
    code: status.RESOURCE_EXHAUSTED,
    details: `your message is too large with your name: ${4 * MIB + 2} bytes, of ${4 * MIB}`,
  });
  ann.send({ name: 'Ann', message: 'Hi' });
  await ann.received(1);
  expect(texts(ann)).toEqual(['Ann: Hi']);
});

test('of a name that is very long, the others are told the beginning when its caller leaves', async () => {
  const service = await serve(chatRoom());
  const [ann, sam] = (await enter(service, 2)) as [Caller, Caller];
  const name = 'x'.repeat(4 * MIB - 100);
  sam.send({ name, message: 'Hi' });
  await sam.received(1);
  expect(texts(sam)[0] === `${name}: Hi`).toBe(true);
  sam.call.end();
  await ann.received(2);
  expect(texts(ann)[1]).toBe(`${name.slice(0, 1_000)}… left the chat`);
});
