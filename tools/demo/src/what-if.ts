import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { credentials, status } from '@grpc/grpc-js';
import { ChatClient, ChatMessage, ChatService, type IChatServer, StringValue } from 'chat-proto';
import { chat } from 'chat-server/src/chat.ts';
import { type RunningServer, startServer } from 'grpc-program/server';
import { type BidiCall, bidiCall, bidiStreaming, STREAMING, statusError } from 'grpc-streams';
import { type TraceEvent, type TraceListener, traceClient, traceServer } from 'stream-trace';
import { MISHAPS } from './examples.ts';
import type { Screen } from './screen.ts';

type Call = BidiCall<ChatMessage, StringValue>;

const hello = new ChatMessage().setName('Ann').setMessage('Hello');
const answer = (text: string) => new StringValue().setValue(text);

const LARGE = ' '.repeat(64 * 1024);
const MANY = 48;
const FEW = 40;

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
    async (call, { tell }) => {
      call.halfClose();
      await delay(500);
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
    async (call, { tell }) => {
      let read = 0;
      try {
        for await (const _ of call.responses) {
          read += 1;
          await delay(20); // a slow reader
        }
      } finally {
        tell(`has read ${read} of ${FEW} answers`);
      }
    },
  ),
};

interface Stage {
  readonly server: RunningServer;
  /** Says in the client's lane what it does. */
  readonly tell: (text: string) => void;
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
    const call = bidiCall(client.chat({ deadline: Date.now() + deadlineMs }));
    try {
      await act(call, { server, tell: (text) => screen.show('client', text, 0) });
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
