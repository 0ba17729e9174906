import { setTimeout as delay } from 'node:timers/promises';
import { type ServiceError, status } from '@grpc/grpc-js';
import { soon } from '@grpc-by-example/testing';
import { type RunningServer, startServer } from 'grpc-program/server';
import { bidiCall, bidiStreaming, serverStreaming, serverStreamingCall, statusError } from 'grpc-streams';
import { type CourseClient, CourseService } from './course.ts';

type Print = (line: string) => void;

const MANY = 200;
const ITEM = 'item';
const WORK_MS = 20;
const STILL_THERE = 'still there after three times as long';
const LONGEST_MS = 8_000;

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
    })().catch(() => {}); // the signal fires as well
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

async function cancelOrStop(client: CourseClient, print: Print): Promise<void> {
  const responses: string[] = [];
  const stopping = bidiCall(client.bidiStreaming(soon()));
  for await (const response of stopping.responses) {
    responses.push(response);
    if (responses.length === 3) await stopping.send('stop');
  }
  print(
    `a stop message: the last response is "${responses.at(-1)?.replace(/\d+/, 'n')}", ${status[(await stopping.status).code]}`,
  );

  const cancelling = bidiCall(client.bidiStreaming(soon()));
  let last = '';
  for await (const response of cancelling.responses) {
    last = response;
    if (response === 'item 3') break;
  }
  print(`a cancel: the last response is "${last}", ${status[(await cancelling.status).code]}`);
}

// #region idle timer
/** Passes the messages on; when none comes for a while, fires the signal that cancels their call. */
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

/** Messages of a stream whose call has a deadline, and how it ended. */
async function untilDeadline(client: CourseClient, milliseconds: number) {
  const call = serverStreamingCall(client.serverStreaming('ticks', { deadline: Date.now() + milliseconds }));
  let ticks = 0;
  try {
    for await (const _ of call.responses) ticks++;
  } catch {
    // The status tells.
  }
  return { ticks, end: status[(await call.status).code] };
}

/** How a stream goes on under an idle timer for three times as long, or how it ends. */
async function untilIdle(client: CourseClient, wish: string, idleMs: number): Promise<string> {
  const idle = new AbortController();
  const call = serverStreamingCall(client.serverStreaming(wish, soon()), idle);
  const end = performance.now() + 3 * idleMs;
  let messages = 0;
  try {
    for await (const _ of unlessIdle(call.responses, idleMs, idle)) {
      messages += 1;
      // The first alone, which may be late itself, says nothing of how it goes on.
      if (messages > 1 && performance.now() > end) break;
    }
    return STILL_THERE;
  } catch (error) {
    return codeOf(error) ?? '';
  }
}

async function deadlineOrIdleTimer(client: CourseClient, print: Print): Promise<void> {
  // A busy machine may stand still for that long; then try again, with twice the time.
  let covered = await untilDeadline(client, 200);
  for (let ms = 400; covered.ticks < 2 && ms <= LONGEST_MS; ms *= 2) covered = await untilDeadline(client, ms);
  print(`a deadline, messages flow: ${covered.ticks > 1 ? 'several' : 'no'} messages, then ${covered.end}`);

  let flowing = await untilIdle(client, 'ticks', 250);
  for (let ms = 500; flowing !== STILL_THERE && ms <= LONGEST_MS; ms *= 2) {
    flowing = await untilIdle(client, 'ticks', ms);
  }
  print(`an idle timer, messages flow: ${flowing}`);
  print(`an idle timer, then silence: ${await untilIdle(client, 'silence', 250)}`);
}

async function errorStatusOrMessage(client: CourseClient, print: Print): Promise<void> {
  for (const end of ['an error status', 'an error message']) {
    const wish = `all, then ${end}`;
    print(`${end}: ${await readSlowly(serverStreamingCall(client.serverStreaming(wish, soon())).responses)}`);
    print(`${end}, grpc-js alone: ${await readSlowly(client.serverStreaming(wish, soon()))}`);
  }
}

/** What a slow reader gets, and how the call ends. */
async function readSlowly(responses: AsyncIterable<string>): Promise<string> {
  let items = 0;
  let last = '';
  let end = 'OK';
  try {
    for await (const response of responses) {
      if (response === ITEM) items++;
      else last = `"${response}", `;
      await delay(2);
    }
  } catch (error) {
    end = codeOf(error) ?? '';
  }
  return `${items === MANY ? `all ${MANY}` : `a part of ${MANY}`} items, then ${last}${end}`;
}

export const choices: Record<string, (client: CourseClient, print: Print) => Promise<void>> = {
  'cancel or stop message': cancelOrStop,
  'deadline or idle timer': deadlineOrIdleTimer,
  'error status or error message': errorStatusOrMessage,
};

export function startChoices(): Promise<RunningServer> {
  return startServer([[CourseService, service]], { host: '127.0.0.1', graceMs: 100 });
}
