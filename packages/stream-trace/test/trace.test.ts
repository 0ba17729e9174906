import { promisify } from 'node:util';
import { credentials, Server, ServerCredentials } from '@grpc/grpc-js';
import { soon } from '@grpc-by-example/testing';
import { ChatClient, ChatMessage, ChatService, StringValue } from 'chat-proto';
import { bidiCall, bidiStreaming, boundCalls } from 'grpc-streams';
import { expect, onTestFinished, test } from 'vitest';
import { inOrder, laneOf, type TraceEvent, toMermaid, traceClient, traceServer } from '../src/index.ts';

/** A chat of so many messages, one after the other, recorded on both sides. */
async function record(texts: readonly string[]): Promise<TraceEvent[]> {
  const events: TraceEvent[] = [];
  const server = new Server({ interceptors: [boundCalls(), traceServer((event) => events.push(event))] });
  server.addService(ChatService, {
    chat: bidiStreaming<ChatMessage, StringValue>(async function* (messages) {
      for await (const message of messages) yield new StringValue().setValue(`${message.getName()}!`);
    }),
  });
  const port = await promisify(server.bindAsync.bind(server))('localhost:0', ServerCredentials.createInsecure());
  const interceptors = [traceClient((event) => events.push(event))];
  const client = new ChatClient(`localhost:${port}`, credentials.createInsecure(), { interceptors });
  onTestFinished(() => {
    client.close();
    server.forceShutdown();
  });
  const call = bidiCall(client.chat(soon()));
  const responses = call.responses[Symbol.asyncIterator]();
  for (const text of texts) {
    await call.send(new ChatMessage().setName(text));
    await responses.next();
  }
  call.halfClose();
  await responses.next();
  await promisify(server.tryShutdown.bind(server))().catch(() => {});
  return events;
}

const told = (events: readonly TraceEvent[]) =>
  events.map(({ side, sent, event, text }) => `${side} ${sent ? 'sends' : 'gets'} ${event}${text ? ` ${text}` : ''}`);

test('both sides of a call are recorded, and told in the order of causes', async () => {
  expect(told(inOrder(await record(['Ann'])))).toEqual([
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
});

test('each call has one id on both sides, another than the call before', async () => {
  const ids = async () => new Set((await record(['Ann'])).map(({ call }) => call));
  const [first, second] = [await ids(), await ids()];
  expect([first.size, second.size]).toEqual([1, 1]);
  expect(first).not.toEqual(second);
});

test('nothing is received before it was sent, whatever the clocks say', () => {
  const event = (side: TraceEvent['side'], sent: boolean, at: number): TraceEvent => ({
    ...{ side, sent, at, call: 'a', method: '/m', event: 'message' },
  });
  const wrongClocks = [event('server', false, 1), event('client', true, 2), event('client', true, 3)];
  expect(inOrder(wrongClocks).map(({ sent }) => sent)).toEqual([true, false, true]);
});

test('a record is a Mermaid sequence diagram', async () => {
  expect(toMermaid(await record(['Ann; 50 #']))).toBe(`sequenceDiagram
  participant client
  participant server
  client->>server: /Chat/chat
  client->>server: Ann#59; 50 #35;
  server-->>client: Ann#59; 50 #35;!
  client->>server: half-close
  server-->>client: status OK
`);
});

test('a record is lines in two lanes, each as wide as asked', async () => {
  const lines = inOrder(await record(['Ann'])).flatMap((event) => laneOf(event, { width: 24 }) ?? []);
  expect(lines).toEqual([
    'open /Chat/chat ───────▶',
    'Ann ───────────────────▶',
    '◀────────────────── Ann!',
    'half-close ────────────▶',
    '◀───────────── status OK',
  ]);
});
