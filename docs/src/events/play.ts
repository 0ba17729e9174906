import { promisify } from 'node:util';
import { credentials, Server, ServerCredentials, type ServiceError, status } from '@grpc/grpc-js';
import { ChatClient, ChatMessage, ChatService, type IChatServer, StringValue } from 'chat-proto';
import { standstill } from '../standstill.ts';
import type { chatByEvents as clientByEvents } from './chat-client.ts';
import type { chatByEvents as serverByEvents } from './chat-server.ts';

/** The server and the client that play. */
export interface Cast {
  readonly serve: typeof serverByEvents;
  readonly chat: typeof clientByEvents;
}

const MANY = 2_000;
const KIBIBYTE = 'x'.repeat(1_024);
const refusal = { code: status.INVALID_ARGUMENT, details: 'refused' };

const answer = (message: ChatMessage) => {
  if (message.getMessage() === 'bad') throw Object.assign(new Error(refusal.details), refusal);
  return `${message.getName()}: ${message.getMessage()}`;
};

/** A server, a client, and how many texts the client has taken from those that it is given. */
class Stage implements Disposable {
  readonly serve: Cast['serve'];
  taken = 0;
  readonly #chat: Cast['chat'];
  readonly #server = new Server();
  #client: ChatClient | undefined;

  constructor({ serve, chat }: Cast) {
    this.serve = serve;
    this.#chat = chat;
  }

  async start(service: IChatServer): Promise<ChatClient> {
    this.#server.addService(ChatService, service);
    const bind = promisify(this.#server.bindAsync.bind(this.#server));
    const port = await bind('127.0.0.1:0', ServerCredentials.createInsecure());
    this.#client = new ChatClient(`127.0.0.1:${port}`, credentials.createInsecure());
    return this.#client;
  }

  /** Chats, and waits for the end as long as something moves. */
  async end(client: ChatClient, texts: Iterable<string>, print = (_: string) => {}): Promise<string> {
    let lines = 0;
    let done: { error: Error | null } | undefined;
    this.#chat(
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
      () => lines + this.taken,
      () => done !== undefined,
    );
    if (!done) return 'hangs';
    const { error } = done;
    if (error === null) return 'ends well';
    return 'code' in error ? `fails with ${status[(error as ServiceError).code]}` : `fails: ${error.message}`;
  }

  *endless(limit = Number.POSITIVE_INFINITY, text = 'Hi'): Generator<string> {
    while (this.taken < limit) {
      this.taken++;
      yield text;
    }
  }

  [Symbol.dispose](): void {
    this.#client?.close();
    this.#server.forceShutdown();
  }
}

const mishaps: Record<string, (stage: Stage) => Promise<string>> = {
  async 'all goes well'(stage) {
    const lines: string[] = [];
    const client = await stage.start(stage.serve(answer));
    const ended = await stage.end(client, ['Hi', 'Hey'], (line) => lines.push(line));
    return `${ended}: ${lines.join(', ')}`;
  },
  async 'many messages'(stage) {
    let lines = 0;
    const client = await stage.start(stage.serve(answer));
    const ended = await stage.end(client, stage.endless(200, KIBIBYTE), () => lines++);
    return `${ended} after ${lines} responses`;
  },
  async 'a message is refused'(stage) {
    let answered = 0;
    const client = await stage.start(stage.serve((message) => answer(message) && `${++answered}`));
    const ended = await stage.end(client, ['bad', 'Hi', 'Hi']);
    return `${ended}, ${answered} answers after it`;
  },
  async 'a client does not read for a while'(stage) {
    let answered = 0;
    let read = 0;
    const client = await stage.start(stage.serve((message) => `${message.getMessage()}${++answered}`));
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
    return `${waited}, then the client has ${read === MANY ? 'all the responses' : 'a part of the responses'}`;
  },
  async 'a server does not read'(stage) {
    await stage.end(await stage.start({ chat() {} }), stage.endless(MANY, KIBIBYTE));
    return stage.taken < MANY ? 'the client waits' : `the client has written all ${MANY}`;
  },
  async 'the server fails while the client sends'(stage) {
    function* badThenEndless() {
      yield 'bad';
      yield* stage.endless();
    }
    const ended = await stage.end(await stage.start(stage.serve(answer)), badThenEndless());
    const then = stage.taken;
    const goesOn = () => stage.taken > then;
    await standstill(() => stage.taken, goesOn);
    return `${ended}, and the client ${goesOn() ? 'goes on sending' : 'stops'}`;
  },
  async 'print throws'(stage) {
    const endlessly: IChatServer = { chat: (call) => void call.write(new StringValue().setValue('Hi')) };
    return stage.end(await stage.start(endlessly), ['Hi'], () => {
      throw new Error('the disk is full');
    });
  },
};

/** Plays a mishap between a server and a client, and gives the outcome. */
export async function play(mishap: string, cast: Cast): Promise<string> {
  using stage = new Stage(cast);
  const scene = mishaps[mishap];
  if (!scene) throw new Error(`there is no mishap ${mishap}`);
  return await scene(stage);
}
