// Plays one mishap between a server and a client, each from the file given, and prints what came of it:
// `play.ts MISHAP SERVER_FILE CLIENT_FILE`.
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import {
  credentials,
  InterceptingCall,
  type Interceptor,
  Server,
  ServerCredentials,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { ChatClient, ChatMessage, ChatService, type IChatServer, StringValue } from 'chat-proto';
import type * as ClientModule from './chat-client.ts';
import type * as ServerModule from './chat-server.ts';

type Done = { error: Error | null } | undefined;

const [mishap = '', serverFile = '', clientFile = ''] = process.argv.slice(2);
const { chatByEvents: serve } = (await import(pathToFileURL(serverFile).href)) as typeof ServerModule;
const { chatByEvents: chat } = (await import(pathToFileURL(clientFile).href)) as typeof ClientModule;

/** A call on which nothing has moved for so long hangs. */
const PATIENCE_MS = 3_000;
const MANY = 5_000;
const KIBIBYTE = 'x'.repeat(1_024);
const refusal = { code: status.INVALID_ARGUMENT, details: 'refused' };

const withDeadline: Interceptor = (options, next) =>
  new InterceptingCall(next({ ...options, deadline: Date.now() + 30_000 }));

async function start(service: IChatServer): Promise<ChatClient> {
  const server = new Server();
  server.addService(ChatService, service);
  const port = await promisify(server.bindAsync.bind(server))('127.0.0.1:0', ServerCredentials.createInsecure());
  return new ChatClient(`127.0.0.1:${port}`, credentials.createInsecure(), { interceptors: [withDeadline] });
}

const answer = (message: ChatMessage) => {
  if (message.getMessage() === 'bad') throw Object.assign(new Error(refusal.details), refusal);
  return `${message.getName()}: ${message.getMessage()}`;
};

/** Chats, and waits for the end as long as something moves. */
async function end(client: ChatClient, texts: Iterable<string>, print = (_: string) => {}): Promise<string> {
  let lines = 0;
  let done: Done;
  chat(
    client,
    texts[Symbol.iterator](),
    (line) => {
      lines++;
      print(line);
    },
    (error) => {
      done = { error };
    },
  );
  await standstill(
    () => lines + count.taken + (done ? 1 : 0),
    () => done !== undefined,
  );
  if (!done) return 'hangs';
  const { error } = done;
  if (error === null) return 'ends well';
  return 'code' in error ? `fails with ${status[(error as ServiceError).code]}` : `fails: ${error.message}`;
}

/** Waits until nothing has moved for a while, or that is enough. */
async function standstill(moved: () => number, enough: () => boolean): Promise<void> {
  let at = performance.now();
  for (let then = moved(); !enough() && performance.now() - at < PATIENCE_MS; await delay(20)) {
    if (moved() === then) continue;
    then = moved();
    at = performance.now();
  }
}

const count = { taken: 0 };
function* endless(limit = Number.POSITIVE_INFINITY, text = 'Hi'): Generator<string> {
  while (count.taken < limit) {
    count.taken++;
    yield text;
  }
}

const mishaps: Record<string, () => Promise<string>> = {
  async 'all goes well'() {
    const lines: string[] = [];
    const ended = await end(await start(serve(answer)), ['Hi', 'Hey'], (line) => lines.push(line));
    return `${ended}: ${lines.join(', ')}`;
  },
  async 'many messages'() {
    let lines = 0;
    const ended = await end(await start(serve(answer)), endless(200, KIBIBYTE), () => lines++);
    return `${ended} after ${lines} replies`;
  },
  async 'a message is refused'() {
    let answered = 0;
    const counted = (message: ChatMessage) => answer(message) && `${++answered}`;
    const ended = await end(await start(serve(counted)), ['bad', 'Hi', 'Hi']);
    return `${ended}, ${answered} answers after it`;
  },
  async 'a client does not read for a while'() {
    let answered = 0;
    let read = 0;
    const client = await start(serve((message) => `${message.getMessage()}${++answered}`));
    const call = client.chat().on('error', () => {});
    call.on('data', () => read++);
    call.pause();
    for (let n = 0; n < MANY; n++) call.write(new ChatMessage().setMessage(KIBIBYTE));
    await standstill(
      () => answered,
      () => answered === MANY,
    );
    const waited = answered < MANY ? 'the server waits' : `the server has answered all ${MANY}`;
    call.resume();
    await standstill(
      () => read,
      () => read === MANY,
    );
    return `${waited}, then the client has ${read === MANY ? 'all the replies' : 'a part of the replies'}`;
  },
  async 'a server does not read'() {
    await end(await start({ chat() {} }), endless(MANY, KIBIBYTE));
    return count.taken < MANY ? 'the client waits' : `the client has written all ${MANY}`;
  },
  async 'the server fails while the client sends'() {
    const ended = await end(
      await start(serve(answer)),
      (function* () {
        yield 'bad';
        yield* endless();
      })(),
    );
    const then = count.taken;
    await delay(200);
    return `${ended}, and the client ${count.taken > then ? 'goes on sending' : 'stops'}`;
  },
  async 'print throws'() {
    const endlessly: IChatServer = { chat: (call) => void call.write(new StringValue().setValue('Hi')) };
    return end(await start(endlessly), ['Hi'], () => {
      throw new Error('the disk is full');
    });
  },
};

const play = mishaps[mishap];
if (!play) throw new Error(`there is no mishap ${mishap}`);
console.log(await play());
process.exit();
