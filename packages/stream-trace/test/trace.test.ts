import { promisify } from 'node:util';
import { credentials, Server, ServerCredentials } from '@grpc/grpc-js';
import { soon, until } from '@grpc-by-example/testing';
import { ChatClient, ChatMessage, ChatService, descriptorSet, StringValue } from 'chat-proto';
import { type BidiCall, bidiCall, bidiStreaming, boundCalls, OpenCalls, STREAMING, statusError } from 'grpc-streams';
import { expect, onTestFinished, test } from 'vitest';
import { inOrder, isOfWire, laneOf, type TraceEvent, traceClient, traceServer } from '../src/index.ts';

type Handler = (messages: AsyncIterable<ChatMessage>) => AsyncIterable<StringValue>;
type Call = BidiCall<ChatMessage, StringValue>;

const LARGE = 'x'.repeat(64 * 1_024);
const answer = (text: string) => new StringValue().setValue(text);
const say = (name: string) => new ChatMessage().setName(name);

async function* echo(messages: AsyncIterable<ChatMessage>): AsyncGenerator<StringValue> {
  for await (const message of messages) yield answer(`${message.getName()}!`);
}

/** A call, recorded on both sides; gives the record as it grows. */
async function start(handler: Handler = echo) {
  const events: TraceEvent[] = [];
  const record = (event: TraceEvent) => void events.push(event);
  const server = new Server({ interceptors: [boundCalls(), traceServer(record, { descriptorSet })] });
  const openCalls = new OpenCalls();
  server.addService(ChatService, openCalls.track({ chat: bidiStreaming<ChatMessage, StringValue>(handler) }));
  const port = await promisify(server.bindAsync.bind(server))('localhost:0', ServerCredentials.createInsecure());
  const client = new ChatClient(`localhost:${port}`, credentials.createInsecure(), {
    ...STREAMING,
    interceptors: [traceClient(record, { descriptorSet })],
  });
  onTestFinished(() => {
    client.close();
    server.forceShutdown();
  });
  const call: Call = bidiCall(client.chat(soon()));
  /** What was told last of one kind: a machine that stands still tells of the first of several messages by itself. */
  const last = (side: TraceEvent['side'], ...kinds: TraceEvent['event'][]) =>
    events.findLast((event) => event.side === side && kinds.includes(event.event));
  return { events, call, openCalls, last };
}

/** A chat of so many messages, one after the other. */
async function record(texts: readonly string[]): Promise<TraceEvent[]> {
  const { events, call, openCalls } = await start();
  const responses = call.responses[Symbol.asyncIterator]();
  for (const text of texts) {
    await call.send(say(text));
    await responses.next();
  }
  call.halfClose();
  await responses.next();
  await until(() => openCalls.size === 0);
  return events;
}

const told = (events: readonly TraceEvent[]) =>
  events.map(({ side, sent, event, text }) => `${side} ${sent ? 'sends' : 'gets'} ${event}${text ? ` ${text}` : ''}`);

test('both sides of a call are recorded, and told in the order of causes', async () => {
  const events = inOrder(await record(['Ann']));
  expect(told(events.filter(isOfWire))).toEqual([
    'client sends open',
    'client sends message Ann', // it does not wait for the connection
    'server gets open',
    'server gets message Ann',
    'server sends headers',
    'server sends message Ann!',
    'client gets headers',
    'client gets message Ann!',
    'client sends half-close',
    'server gets half-close',
    'server sends status OK',
    'client gets status OK',
  ]);
  expect(told(events.filter(({ event }) => event === 'taken'))).toEqual(['server gets taken', 'client gets taken']);
});

test('a message has its number and its bytes, an event the time since its side began the call', async () => {
  const events = await record(['Ann', 'Robert']);
  const messages = events.filter(({ side, event }) => side === 'server' && event === 'message');
  expect(messages.map(({ sent, number, bytes }) => [sent, number, bytes])).toEqual([
    [false, 1, 5],
    [true, 1, 6],
    [false, 2, 8],
    [true, 2, 9],
  ]);
  for (const side of ['client', 'server'] as const) {
    const times = events.filter((event) => event.side === side).map(({ ms }) => ms);
    expect(times[0]).toBeLessThan(5_000);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  }
});

test('each call has one id on both sides, another than the call before', async () => {
  const ids = async () => new Set((await record(['Ann'])).map(({ call }) => call));
  const [first, second] = [await ids(), await ids()];
  expect([first.size, second.size]).toEqual([1, 1]);
  expect(first).not.toEqual(second);
});

test('while nobody reads, it is told what waits, and where', async () => {
  const { events, call, last } = await start(async function* () {
    for (let n = 0; n < 48; n++) yield answer(LARGE);
  });
  // On a busy machine it has waited, and gone on, before.
  const stands = () => last('client', 'unread')?.times === 16 && last('server', 'waits', 'goes on')?.event === 'waits';
  await until(stands);
  const sent = () => events.filter(({ side, event, sent }) => side === 'server' && event === 'message' && sent).length;
  expect(last('server', 'waits')?.number).toBe(sent());
  expect(sent()).toBeLessThan(48);
  for await (const _ of call.responses);
  expect(last('server', 'goes on')).toBeDefined();
  expect(sent()).toBe(48);
});

test('what the program takes no more is told as dropped, and what the signal of the handler saw', async () => {
  const { call, last, openCalls } = await start(async function* (messages) {
    for (let n = 0; n < 3; n++) yield answer(`${n}`);
    for await (const _ of messages);
  });
  const responses = call.responses[Symbol.asyncIterator]();
  await until(() => last('client', 'unread')?.times === 3);
  await responses.next();
  await responses.return?.();
  await until(() => openCalls.size === 0 && last('client', 'status') !== undefined);
  expect(last('client', 'dropped')?.times).toBe(2);
  // A reset may show as a half-close first, and the handler is done then.
  if (!last('server', 'status')) expect(last('server', 'signal')?.text).toMatch(/^CANCELLED/);
});

test('a handler that fails drops what it has not read', async () => {
  const { call, last } = await start(async function* () {
    await until(() => last('server', 'unread')?.times === 2);
    throw statusError(3, 'no');
  });
  await call.send(say('Ann'));
  await call.send(say('Bob'));
  expect((await call.status).code).toBe(3);
  expect(last('server', 'dropped')?.times).toBe(2);
});

test('nothing is received before it was sent, whatever the clocks say', () => {
  const event = (side: TraceEvent['side'], sent: boolean, at: number): TraceEvent => ({
    ...{ side, sent, at, ms: 0, call: 'a', method: '/m', event: 'message' },
  });
  const wrongClocks = [event('server', false, 1), event('client', true, 2), event('client', true, 3)];
  expect(inOrder(wrongClocks).map(({ sent }) => sent)).toEqual([true, false, true]);
});

// Not that a send waits, as on a machine that stands still.
test('a record of both sides is lines in two lanes, each as wide as asked', async () => {
  const events = inOrder((await record(['Ann'])).filter(isOfWire));
  expect(events.flatMap((event) => laneOf(event, { width: 24, hasBothSides: true }) ?? [])).toEqual([
    'open /Chat/chat ───────▶',
    'Ann ───────────────────▶',
    '◀────────────────── Ann!',
    'half-close ────────────▶',
    '◀───────────── status OK',
  ]);
});

test('a record of one side has the arrows of both directions, with times and ids if asked', async () => {
  const events = (await record(['Ann'])).filter((event) => event.side === 'server' && isOfWire(event));
  expect(events.flatMap((event) => laneOf(event, { width: 24 }) ?? [])).toEqual([
    'open /Chat/chat ───────▶',
    'Ann ───────────────────▶',
    '◀────────────────── Ann!',
    'half-close ────────────▶',
    '◀───────────── status OK',
  ]);
  const [event] = events;
  expect(event && laneOf({ ...event, ms: 1_234.56, call: '0a1b2c3d' }, { width: 42, hasTimes: true })).toBe(
    '  1234.6 0a1b2c3d open /Chat/chat ───────▶',
  );
});
