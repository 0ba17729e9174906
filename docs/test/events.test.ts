import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  type ChannelCredentials,
  credentials,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
} from '@grpc/grpc-js';
import { Conversation, peerOf, soon, staleBlocks, stopLater } from '@grpc-by-example/testing';
import { ChatClient, type ChatMessage, ChatService, type IChatServer } from 'chat-proto';
import { expect, test } from 'vitest';
import { chat as ourChat } from '../../examples/bidirectional-chat/client/src/chat.ts';
import { CONTRACT, type Response, type Said } from '../../examples/bidirectional-chat/proto/test/contract.mts';
import { chat as ourService } from '../../examples/bidirectional-chat/server/src/chat.ts';
import { chatByEvents } from '../src/events/chat-client.ts';
import { chatByIterators } from '../src/events/chat-client-iterating.ts';
import { chatByEvents as serviceByEvents } from '../src/events/chat-server.ts';
import { chatByIterators as serviceByIterators } from '../src/events/chat-server-iterating.ts';
import { playWithout, type Without } from './without-a-line.ts';

const page = join(import.meta.dirname, '../from-events-to-async-iterators.md');
const real: Record<string, string> = {};

const answer = (message: ChatMessage) => `${message.getName()}: ${message.getMessage()}`;
const services: Record<string, IChatServer> = {
  ours: ourService,
  events: serviceByEvents(answer),
  iterators: serviceByIterators(answer),
};
const Peer = peerOf(CONTRACT, 'Chat');

async function listen(add: (server: Server) => void): Promise<string> {
  const server = new Server();
  add(server);
  stopLater(() => server.forceShutdown());
  return `127.0.0.1:${await promisify(server.bindAsync.bind(server))('127.0.0.1:0', ServerCredentials.createInsecure())}`;
}

function connect<Client extends { close(): void }>(
  Constructor: new (address: string, credentials: ChannelCredentials) => Client,
  address: string,
): Client {
  const client = new Constructor(address, credentials.createInsecure());
  stopLater(() => client.close());
  return client;
}

type Chat = (client: ChatClient, texts: string[], print: (line: string) => void) => Promise<void>;
const chats: Record<string, Chat> = {
  events: (client, texts, print) =>
    new Promise((resolve, reject) => {
      chatByEvents(client, texts.values(), print, (error) => (error ? reject(error) : resolve()));
    }),
  iterators: chatByIterators,
};

test.for(Object.keys(services).flatMap((service) => Object.keys(chats).map((chat) => ({ service, chat }))))(
  'the client by $chat and the server by $service',
  async ({ service, chat }) => {
    const address = await listen((server) => server.addService(ChatService, { ...services[service] }));
    const lines: string[] = [];
    await chats[chat]?.(connect(ChatClient, address), ['Hi', 'Hey'], (line) => lines.push(line));
    expect(lines).toEqual(['Ann: Hi', 'Ann: Hey']);
  },
);

test('the client of the example and the server by events', async () => {
  const address = await listen((server) => server.addService(ChatService, { ...services.events }));
  const lines: string[] = [];
  await ourChat(connect(ChatClient, address), (line) => lines.push(line));
  expect(lines).toEqual(['Sam: Hi', 'Ann: Hey', 'John: Hello']);
});

test.each(['events', 'iterators'])("a stranger's client and the server by %s", async (service) => {
  const address = await listen((server) => server.addService(ChatService, { ...services[service] }));
  const peer = connect(Peer, address) as unknown as ChatClient;
  const talk = new Conversation<Said, Response>(peer.chat(soon()) as never);
  talk.send({ name: 'Bob', message: 'Hi' });
  talk.call.end();
  expect(await talk.status).toMatchObject({ code: 0 });
  expect(talk.responses).toEqual([{ value: 'Bob: Hi' }]);
});

test.each(['events', 'iterators'])("the client by %s and a stranger's server", async (chat) => {
  const address = await listen((server) =>
    server.addService(Peer.service, {
      chat(call: ServerDuplexStream<Said, Response>) {
        call.on('data', ({ name }) => call.write({ value: `${name}!` }));
        call.on('end', () => call.end());
      },
    }),
  );
  const lines: string[] = [];
  await chats[chat]?.(connect(ChatClient, address), ['Hi'], (line) => lines.push(line));
  expect(lines).toEqual(['Ann!']);
});

const mishaps: [mishap: string, ...without: Without[]][] = [
  ['all goes well', { side: 'server', guard: 'end' }, { side: 'client', guard: 'half-close' }],
  [
    'a message is refused',
    { side: 'server', guard: 'emit' },
    { side: 'server', guard: 'emit', instead: 'throw error;', isFatal: true },
    { side: 'client', guard: 'error', isFatal: true },
    { side: 'client', guard: 'failure' },
  ],
  ['a client does not read for a while', { side: 'server', guard: 'pause' }, { side: 'server', guard: 'resume' }],
  [
    'a server does not read',
    {
      side: 'client',
      guard: 'wait',
      instead: "call.write(new ChatMessage().setName('Ann').setMessage(text.value));",
    },
  ],
  ['many messages', { side: 'client', guard: 'drain' }],
  ['print throws', { side: 'client', guard: 'cancel' }],
  ['the server fails while the client sends'],
];

test.concurrent.each(mishaps)('%s, as it is written and without a line', async (mishap, ...all) => {
  const lines = [mishap, `  as written: ${await playWithout(mishap)}`];
  for (const without of all) {
    const line = `${without.instead?.startsWith('throw') ? 'with a throw for' : 'without'} ${without.guard}`;
    lines.push(`  the ${without.side} ${line}: ${await playWithout(mishap, without)}`);
  }
  real[mishap] = lines.join('\n');
});

test('every block of the page is what the files hold or what was played', () => {
  real.mishaps = mishaps.map(([mishap]) => real[mishap]).join('\n');
  expect(staleBlocks(page, real)).toEqual([]);
});
