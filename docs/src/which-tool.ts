import { setTimeout as delay } from 'node:timers/promises';
import { type ServiceError, status } from '@grpc/grpc-js';
import { type RunningServer, startServer } from 'grpc-program/server';
import { bidiCall, bidiStreaming, serverStreaming, serverStreamingCall, statusError } from 'grpc-streams';
import { type CourseClient, CourseService } from './course.ts';

type Print = (line: string) => void;

const MANY = 200;
const ITEM = 'item';
const WORK_MS = 20;

const failure = statusError(status.ABORTED, 'the last item is bad');

/** What the first request asks a stream for. */
const service = {
  serverStreaming: serverStreaming<string, string>(async function* (wish, { signal }) {
    if (wish === 'silence') yield 'the last before silence';
    while (wish === 'silence' && !signal.aborted) await delay(WORK_MS);
    for (let n = 1; wish === 'ticks' && !signal.aborted; n++) {
      yield `tick ${n}`;
      await delay(WORK_MS);
    }
    for (let n = 1; wish.startsWith('all') && n <= MANY; n++) yield ITEM;
    if (wish === 'all, then an error status') throw failure;
    // #region last message
    if (wish === 'all, then an error message') yield `error: ${failure.details}`;
    // #endregion
  }),

  // #region stop message
  bidiStreaming: bidiStreaming<string, string>(async function* (requests, { signal }) {
    let stopped = false;
    void (async () => {
      for await (const request of requests) stopped ||= request === 'stop';
    })().catch(() => {}); // the signal tells too
    let sent = 0;
    while (!stopped && !signal.aborted) {
      yield `item ${++sent}`;
      await delay(WORK_MS);
    }
    yield `these were ${sent}`;
  }),
  // #endregion
};

const codeOf = (error: unknown) => status[(error as ServiceError).code];
const soon = () => ({ deadline: Date.now() + 20_000 });

async function cancelOrStop(client: CourseClient, print: Print): Promise<void> {
  const replies: string[] = [];
  const stopping = bidiCall(client.bidiStreaming(soon()));
  for await (const reply of stopping.replies) {
    replies.push(reply);
    if (replies.length === 3) await stopping.send('stop');
  }
  print(
    `a stop message: the last reply is "${replies.at(-1)?.replace(/\d+/, 'n')}", ${status[(await stopping.status).code]}`,
  );

  const cancelling = bidiCall(client.bidiStreaming(soon()));
  let last = '';
  for await (const reply of cancelling.replies) {
    last = reply;
    if (reply === 'item 3') break;
  }
  print(`a cancel: the last reply is "${last}", ${status[(await cancelling.status).code]}`);
}

// #region idle timer
/** Gives the messages on; when none comes for a while, fires the signal that cancels their call. */
async function* unlessIdle<Message>(messages: AsyncIterable<Message>, idleMs: number, idle: AbortController) {
  const timer = setTimeout(() => idle.abort(), idleMs);
  try {
    for await (const message of messages) {
      timer.refresh();
      yield message;
    }
  } finally {
    clearTimeout(timer);
  }
}
// #endregion

async function deadlineOrIdleTimer(client: CourseClient, print: Print): Promise<void> {
  const covered = serverStreamingCall(client.serverStreaming('ticks', { deadline: Date.now() + 600 }));
  let ticks = 0;
  try {
    for await (const _ of covered.replies) ticks++;
  } catch (error) {
    print(`a deadline, messages flow: ${ticks > 1 ? 'several' : 'no'} messages, then ${codeOf(error)}`);
  }

  // Half a second, of which nothing in a stream of ticks is silent for so long.
  for (const wish of ['ticks', 'silence']) {
    const idle = new AbortController();
    const call = serverStreamingCall(client.serverStreaming(wish, soon()), idle);
    const end = Date.now() + 1_500;
    let outcome = 'still there after three times as long';
    try {
      for await (const _ of unlessIdle(call.replies, 500, idle)) if (Date.now() > end) break;
    } catch (error) {
      outcome = codeOf(error) ?? '';
    }
    print(`an idle timer, ${wish === 'ticks' ? 'messages flow' : 'then silence'}: ${outcome}`);
  }
}

async function errorStatusOrMessage(client: CourseClient, print: Print): Promise<void> {
  for (const wish of ['all, then an error status', 'all, then an error message']) {
    const call = serverStreamingCall(client.serverStreaming(wish, soon()));
    let items = 0;
    let end = '';
    try {
      for await (const reply of call.replies) {
        if (reply === ITEM) items++;
        else end = `"${reply}", `;
        await delay(2); // a slow reader
      }
    } catch {}
    const arrived = items === MANY ? `all ${MANY}` : `a part of ${MANY}`;
    print(`${wish.slice('all, then '.length)}: ${arrived} items, then ${end}${status[(await call.status).code]}`);
  }
}

export const choices: Record<string, (client: CourseClient, print: Print) => Promise<void>> = {
  'cancel or stop message': cancelOrStop,
  'deadline or idle timer': deadlineOrIdleTimer,
  'error status or error message': errorStatusOrMessage,
};

export function startChoices(): Promise<RunningServer> {
  return startServer([[CourseService, service]], { host: '127.0.0.1', graceMs: 100 });
}
