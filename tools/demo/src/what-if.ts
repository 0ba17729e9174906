import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { credentials, status } from '@grpc/grpc-js';
import { ChatClient, ChatMessage, ChatService, type IChatServer, StringValue } from 'chat-proto';
import { chat } from 'chat-server/src/chat.ts';
import { type RunningServer, startServer } from 'grpc-program/server';
import { type BidiCall, bidiCall, bidiStreaming, STREAMING, statusError } from 'grpc-streams';
import { noteOf, type TraceEvent, type TraceListener, traceClient, traceServer } from 'stream-trace';
import { MISHAPS } from './examples.ts';

type Call = BidiCall<ChatMessage, StringValue>;

const hello = new ChatMessage().setName('Ann').setMessage('Hello');
const answer = (text: string) => new StringValue().setValue(text);

const LARGE = ' '.repeat(64 * 1024);
const MANY = 48;
const FEW = 5;
/** So many messages wait for a reader of grpc-streams: 1 MiB, as 16 of them are. */
const HELD = 16;

/** Where a mishap is shown: on a terminal, or on a page. */
export interface Screen {
  title(text: string): void;
  draw(event: TraceEvent): void;
  flush(): void;
}

/** Mishaps of a chat, each played by a real server and a real client. */
export const WHAT_IFS: Readonly<Record<keyof typeof MISHAPS, (screen: Screen) => Promise<TraceEvent[]>>> = {
  cancel: play(MISHAPS.cancel, chat, async (call) => {
    await call.send(hello);
    await take(call, 1);
  }),

  deadline: play(
    MISHAPS.deadline,
    chat,
    async (call) => {
      await call.send(hello);
      for await (const _ of call.responses);
    },
    { deadlineMs: 300 },
  ),

  'slow-reader': play(
    MISHAPS['slow-reader'],
    {
      chat: bidiStreaming<ChatMessage, StringValue>(async function* () {
        for (let n = 1; n <= MANY; n++) yield answer(`${n} ${LARGE}`);
      }),
    },
    async (call, { tell, has }) => {
      call.halfClose();
      await has(stands);
      tell('begins to read');
      for await (const _ of call.responses);
    },
  ),

  'server-stop': play(MISHAPS['server-stop'], chat, async (call, { server }) => {
    await call.send(hello);
    const responses = call.responses[Symbol.asyncIterator]();
    await responses.next();
    void server.stop();
    await responses.next();
  }),

  error: play(
    MISHAPS.error,
    {
      chat: bidiStreaming<ChatMessage, StringValue>(async function* () {
        for (let n = 1; n <= FEW; n++) yield answer(`answer ${n}`);
        throw statusError(status.FAILED_PRECONDITION, 'no more answers');
      }),
    },
    async (call, { tell, has }) => {
      await has((events) => events.some(({ side, event }) => side === 'server' && event === 'status'));
      await has((events) => unread(events) === FEW);
      let read = 0;
      try {
        for await (const _ of call.responses) tell(`reads answer ${++read} of ${FEW}`);
      } catch (error) {
        tell(`reads the status: ${error instanceof Error ? error.message : error}`);
      }
    },
  ),
};

interface Stage {
  readonly server: RunningServer;
  /** Says in the client's lane what it does. */
  readonly tell: (text: string) => void;
  /** Resolves when this is so of what has happened, or the time of the call is up. */
  readonly has: (isSo: (events: readonly TraceEvent[]) => boolean) => Promise<void>;
}

/** How many messages the client was last seen not to read. */
const unread = (events: readonly TraceEvent[]) =>
  events.findLast(({ side, event }) => side === 'client' && event === 'unread')?.times;

/** Whether the client has as many as it holds, and the server waits for it. */
function stands(events: readonly TraceEvent[]): boolean {
  const last = events.findLast(({ side, event }) => side === 'server' && (event === 'waits' || event === 'goes on'));
  return unread(events) === HELD && last?.event === 'waits';
}

/** Makes a scenario: plays it on the screen, and gives what both sides saw. */
function play(
  title: string,
  implementation: IChatServer,
  act: (call: Call, stage: Stage) => Promise<void>,
  { deadlineMs = 60_000 } = {},
): (screen: Screen) => Promise<TraceEvent[]> {
  return async (screen) => {
    const events: TraceEvent[] = [];
    const record: TraceListener = (event) => {
      events.push(event);
      screen.draw(event);
    };
    const server = await startServer([[ChatService, implementation]], { interceptors: [traceServer(record)] });
    const client = new ChatClient(`localhost:${server.port}`, credentials.createInsecure(), {
      ...STREAMING,
      interceptors: [traceClient(record)],
    });
    // So that a deadline is one for the call alone.
    await promisify(client.waitForReady.bind(client))(Number.POSITIVE_INFINITY);
    screen.title(title);
    const deadline = Date.now() + deadlineMs;
    const call = bidiCall(client.chat({ deadline }));
    const tell = (text: string) => record(noteOf('client', text, events[0]));
    const has: Stage['has'] = async (isSo) => {
      while (Date.now() < deadline && !isSo(events)) await delay(5);
    };
    try {
      await act(call, { server, tell, has });
    } catch {
      // The lanes show the status.
    }
    await call.status;
    while (server.openCalls.size > 0) await delay(5); // the server may hear of it later
    client.close();
    await server.stop();
    screen.flush();
    return events;
  };
}

/** Reads so many responses, and leaves the loop, which cancels the call. */
async function take(call: Call, count: number): Promise<void> {
  let taken = 0;
  for await (const _ of call.responses) if (++taken === count) break;
}
