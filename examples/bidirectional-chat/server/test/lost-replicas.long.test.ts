import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import {
  builtNatsServer,
  type Conversation,
  NatsServer,
  natsUsers,
  Program,
  programCommand,
  stopLater,
  until,
} from '@grpc-by-example/testing';
import { expect, type TestContext, test } from 'vitest';
import type { Response, Said } from '../../proto/test/contract.mts';
import { ChatPeer, texts } from './chat-peer.ts';

type Caller = Conversation<Said, Response>;

const REPLICA = join(import.meta.dirname, 'fixtures/replica.ts');
/** So long these replicas wait for one that is silent: more than a busy machine lets a process wait for its turn. */
const FORGET_MS = '8000';

const of = (name: string, caller: Caller) => texts(caller).filter((text) => text.startsWith(`${name}: `));
/** Who left, by the alphabet: several may leave at once. */
const whoLeft = (caller: Caller) =>
  texts(caller)
    .filter((text) => text.endsWith(' left the chat'))
    .map((text) => text.slice(0, -' left the chat'.length))
    .sort();

class Replica {
  readonly program: Program;
  readonly #peer: ChatPeer;

  private constructor(program: Program, port: string) {
    this.program = program;
    this.#peer = new ChatPeer(port);
    stopLater(() => this.#peer.close());
  }

  static async start(url: string): Promise<Replica> {
    const program = new Program(programCommand(REPLICA, url, FORGET_MS));
    stopLater(() => program[Symbol.asyncDispose]());
    const [, port = ''] = await program.prints(/listens on port (\d+)/);
    return new Replica(program, port);
  }

  /** Lets a caller in that says nothing. */
  listen(): Caller {
    return this.#peer.chat();
  }

  /** Lets a caller in, and waits until all have heard it. */
  async enter(name: string, ...others: Caller[]): Promise<Caller> {
    const caller = this.listen();
    const before = others.map((one) => of(name, one).length);
    caller.send({ name, message: 'here' });
    await until(() => of(name, caller).length > 0 && others.every((one, n) => of(name, one).length > (before[n] ?? 0)));
    return caller;
  }

  /** Kills it while messages are on their way to it that it does not take. */
  async killAtWork(speaker: Caller): Promise<void> {
    this.program.signal('SIGSTOP');
    const heard = speaker.responses.length;
    for (let n = 0; n < 10; n++) speaker.send({ name: 'Ann', message: `${n}` });
    await speaker.received(heard + 10);
    this.program.signal('SIGKILL');
    await this.program.ended;
  }
}

type Replicas = [Replica, Replica, Replica, Replica];

async function start(context: TestContext): Promise<{ nats: NatsServer; replicas: Replicas }> {
  const nats = await NatsServer.start(await builtNatsServer(context));
  const replicas = await Promise.all(Array.from({ length: 4 }, () => Replica.start(nats.url)));
  return { nats, replicas: replicas as Replicas };
}

test.concurrent('of servers that are killed at once, the callers of the others hear who left, once each', async (context) => {
  const { replicas } = await start(context);
  const [first, second, third, fourth] = replicas;
  const ann = await first.enter('Ann');
  const bob = await second.enter('Bob', ann);
  third.listen();
  await third.enter('Cat', ann, bob);
  const dan = await third.enter('Dan', ann, bob);
  const eve = await fourth.enter('Eve', ann, bob);
  eve.send({ name: 'Eva', message: 'I am Eva now' });
  await until(() => [ann, bob].every((caller) => of('Eva', caller).length === 1));
  // Its server may get to say so, or not.
  dan.call.end();
  await Promise.all([third.killAtWork(ann), fourth.killAtWork(ann)]);
  await until(() => [ann, bob].every((caller) => whoLeft(caller).length >= 3));

  // When this is told, a second notice of the others would have been, too.
  await second.killAtWork(ann);
  await until(() => whoLeft(ann).includes('Bob'));
  expect(whoLeft(ann)).toEqual(['Bob', 'Cat', 'Dan', 'Eva']);
  expect(whoLeft(bob)).toEqual(['Cat', 'Dan', 'Eva']);
});

test.concurrent('a broker that is killed too takes no notice with it', async (context) => {
  const { nats, replicas } = await start(context);
  const [first, second, third] = replicas;
  const ann = await first.enter('Ann');
  const bob = await second.enter('Bob', ann);
  await third.enter('Cat', ann, bob);
  await third.killAtWork(ann);
  await nats.kill();
  await nats.startAgain();
  await until(() => [ann, bob].every((caller) => whoLeft(caller).length > 0));
  await nats.kill();
  await nats.startAgain();
  await second.killAtWork(ann);
  await until(() => whoLeft(ann).includes('Bob'));
  expect(whoLeft(ann)).toEqual(['Bob', 'Cat']);
  expect(whoLeft(bob)).toEqual(['Cat']);
});

test.concurrent('users with what the course allows are enough', async (context) => {
  const nats = await NatsServer.configured(await builtNatsServer(context), natsUsers());
  const admin = await Replica.start(nats.urlOf('admin'));
  const replicas = await Promise.all([1, 2].map(() => Replica.start(nats.urlOf('chat'))));
  const [first, second] = replicas as [Replica, Replica];
  const ann = await first.enter('Ann');
  const bob = await second.enter('Bob', ann);
  await admin.enter('Cat', ann, bob);
  await admin.killAtWork(ann);
  await nats.kill();
  await nats.startAgain();
  await until(() => [ann, bob].every((caller) => whoLeft(caller).includes('Cat')));
  await first.enter('Dan', ann, bob);
  await second.killAtWork(ann);
  await until(() => whoLeft(ann).includes('Bob'));
  expect(whoLeft(ann)).toEqual(['Bob', 'Cat']);
  expect(nats.log).not.toMatch(/violation/i);
});

test.concurrent('a server that was frozen for long ends its calls; it has left for the others, once, and is back', async (context) => {
  const { replicas } = await start(context);
  const [first, second, third] = replicas;
  const ann = await first.enter('Ann');
  const bob = await second.enter('Bob', ann);
  const cat = await third.enter('Cat', ann, bob);
  third.program.signal('SIGSTOP');
  cat.send({ name: 'Cat', message: 'late' });
  await until(() => [ann, bob].every((caller) => whoLeft(caller).length > 0));
  third.program.signal('SIGCONT');
  expect(await cat.status).toMatchObject({
    code: status.UNAVAILABLE,
    details: 'this server was away from the room, and does not know what was said; come back',
  });

  const catAgain = await third.enter('Cat', ann, bob);
  await second.killAtWork(ann);
  await until(() => [ann, catAgain].every((caller) => whoLeft(caller).includes('Bob')));
  expect(whoLeft(ann)).toEqual(['Bob', 'Cat']);
  expect(of('Cat', ann)).toEqual(['Cat: here', 'Cat: here']);
  await third.killAtWork(ann);
  await until(() => whoLeft(ann).length >= 3);
  expect(whoLeft(ann)).toEqual(['Bob', 'Cat', 'Cat']);
});

test.concurrent('a server that has come later knows who is there, and says who left when it is the only one', async (context) => {
  const { nats, replicas } = await start(context);
  const [first, second] = replicas;
  const looks = overhear(nats);
  const ann = await first.enter('Ann');
  await second.enter('Bob', ann);
  while ((await looks()).size < replicas.length) await delay(20);
  const later = await Replica.start(nats.url);
  const sam = later.listen();
  const before = await looks();
  // Each sees it the first time, tells it of its callers, and only then looks again.
  const haveTold = async () => {
    const now = await looks();
    return [...before].every(([server, count]) => (now.get(server) ?? 0) >= count + 2);
  };
  while (!(await haveTold())) await delay(20);
  for (const { program } of replicas) program.signal('SIGKILL');
  await until(() => whoLeft(sam).length >= 2);
  await later.enter('Sam', sam);
  expect(whoLeft(sam)).toEqual(['Ann', 'Bob']);
});

/** Hears at the broker, as a stranger, how many times each server has looked who is there: up to the moment of the question. */
function overhear(nats: NatsServer): () => Promise<Map<string, number>> {
  const socket = connect(Number(nats.port), '127.0.0.1');
  stopLater(() => socket.destroy());
  let heard = '';
  socket.setEncoding('utf8').on('data', (text) => {
    heard += text;
  });
  socket.on('error', () => {}).write('CONNECT {"verbose":false}\r\nSUB $JS.API.CONSUMER.NAMES.chat 1\r\n');
  let asked = 0;
  return async () => {
    asked += 1;
    socket.write('PING\r\n');
    await until(() => heard.split('PONG\r\n').length > asked);
    const counts = new Map<string, number>();
    for (const [, inbox = ''] of heard.matchAll(/NAMES\.chat 1 _INBOX\.(\w+)\./g))
      counts.set(inbox, (counts.get(inbox) ?? 0) + 1);
    return counts;
  };
}
