import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { credentials, type handleBidiStreamingCall, Server, ServerCredentials, status } from '@grpc/grpc-js';
import { ChatClient, type ChatMessage, ChatService, type IChatServer, type StringValue } from 'chat-proto';
import { STREAMING, statusError } from 'grpc-streams';
import { createChannel, createServer, ServerError, Status } from 'nice-grpc';
import * as plainAfter from './grpc-js-after.ts';
import * as plainBefore from './grpc-js-before.ts';
import * as niceBefore from './nice-grpc-before.ts';
import type { Answer, Hear } from './talk.ts';

const MANY = 200;
/** So many of these do not fit into what may be on its way. */
const LONG = 'x'.repeat(65_536);
/** Slower than replies come. */
const SLOW_MS = 2;

/** A server and a client of one kind. */
interface Pair {
  talk(texts: readonly string[], hear: Hear): Promise<void>;
  /** How many calls the server has open. */
  open(): number;
  stop(): void;
}

const PLAIN_ANSWER = answers(statusError(status.ABORTED, 'that was bad'));

/** Answers, but for "bad", which is a status, and "worse", which is a mistake in the program. */
function answers(bad: Error): Answer {
  return (text) => {
    if (text === 'bad') throw bad;
    if (text === 'worse') throw new Error('the password is 1234');
    return `you said ${text}`;
  };
}

async function withGrpcJs({ handlers, talk }: typeof plainBefore, options = {}): Promise<Pair> {
  let open = 0;
  const server = new Server();
  const { chat } = handlers(PLAIN_ANSWER) as { chat: handleBidiStreamingCall<ChatMessage, StringValue> };
  const counted: IChatServer = {
    chat(call) {
      open += 1;
      call.once('cancelled', () => (open -= 1)); // comes at every end
      chat(call);
    },
  };
  server.addService(ChatService, counted);
  const port = await promisify(server.bindAsync.bind(server))('127.0.0.1:0', ServerCredentials.createInsecure());
  const client = new ChatClient(`127.0.0.1:${port}`, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
    ...options,
  });
  return {
    talk: (texts, hear) => talk(client, texts, hear),
    open: () => open,
    stop() {
      client.close();
      server.forceShutdown();
    },
  };
}

async function withNiceGrpc({ handlers, talk }: typeof niceBefore): Promise<Pair> {
  let open = 0;
  const server = createServer();
  const { chat } = handlers(answers(new ServerError(Status.ABORTED, 'that was bad')));
  server.add(ChatService, {
    async *chat(messages, context) {
      open += 1;
      try {
        yield* chat(messages, context);
      } finally {
        open -= 1;
      }
    },
  });
  const port = await server.listen('127.0.0.1:0');
  const channel = createChannel(`127.0.0.1:${port}`);
  return {
    talk: (texts, hear) => talk(channel, texts, hear),
    open: () => open,
    stop() {
      channel.close();
      void server.forceShutdown();
    },
  };
}

export const PAIRS = {
  'grpc-js': () => withGrpcJs(plainBefore),
  'nice-grpc': () => withNiceGrpc(niceBefore),
  'grpc-streams': () => withGrpcJs(plainAfter, STREAMING),
};

/** How a talk went: what was heard, and how it ended. */
async function outcome(pair: Pair, texts: readonly string[], paceMs = 0): Promise<{ heard: string[]; end: string }> {
  const heard: string[] = [];
  try {
    await pair.talk(texts, async (reply) => {
      heard.push(reply);
      if (paceMs > 0) await delay(paceMs);
      return true;
    });
    return { heard, end: 'OK' };
  } catch (error) {
    const { code = status.UNKNOWN, details = '' } = error as { code?: status; details?: string };
    return { heard, end: `${status[code]}: ${details}` };
  }
}

/** What each of these does in the same cases, in lines. */
export async function compare(names: readonly (keyof typeof PAIRS)[]): Promise<string> {
  const lines: string[] = [];
  const pairs = await Promise.all(names.map(async (name) => ({ name: name.padEnd(12), pair: await PAIRS[name]() })));
  async function say(title: string, happens: (pair: Pair) => Promise<string>): Promise<void> {
    lines.push(title);
    for (const { name, pair } of pairs) lines.push(`  ${name}  ${await happens(pair)}`);
  }
  try {
    await say('all goes well', async (pair) => {
      const { heard, end } = await outcome(pair, ['hi', 'bye']);
      return [...heard, end].join(', ');
    });
    await say(`an error status after ${MANY} replies, which are read slowly`, async (pair) => {
      const { heard, end } = await outcome(pair, [...Array<string>(MANY).fill('hi'), 'bad'], SLOW_MS);
      return `${heard.length === MANY ? 'all' : 'some'} of them, then ${end}`;
    });
    if (!names.includes('nice-grpc'))
      // which warns on stderr
      await say('the handler throws what is no status', async (pair) => (await outcome(pair, ['worse'])).end);
    await say('the client leaves its loop, and makes another call', async (pair) => {
      const before = pair.open();
      await pair.talk(Array<string>(MANY).fill(LONG), async () => false);
      await outcome(pair, ['hi']);
      // Ends of calls that were cancelled, or were good, are on their way.
      for (let tries = 0; pair.open() > before && tries < 100; tries++) await delay(SLOW_MS);
      return pair.open() > before ? 'the first is still open on the server' : 'the first has ended';
    });
    return lines.join('\n');
  } finally {
    for (const { pair } of pairs) pair.stop();
  }
}
