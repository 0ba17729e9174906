import { setTimeout as delay } from 'node:timers/promises';
import { type CallInfo, CallState, type IPhoneServer, StreamCallResponse } from 'call-proto';
import { bidiStreaming } from 'grpc-streams';
import { onSecondRequest, readPhoneNumber } from './call-request.ts';
import type { CallSessions } from './call-sessions.ts';

const { NEW, ACTIVE, ENDED } = CallState.State;

/**
 * Simulates phone calls, any number at once. Whatever ends a call, its session is cleaned up.
 *
 * @param unanswered the numbers that do not answer
 * @param dialMs how many milliseconds until a call is NEW
 * @param ringMs how many milliseconds it rings, until it is answered or given up
 * @param talkMs how many milliseconds it is ACTIVE
 */
export function phone({
  sessions,
  log,
  unanswered = [],
  dialMs = 1_000,
  ringMs = 1_000,
  talkMs = 1_000,
}: {
  sessions: CallSessions;
  log: (line: string) => void;
  unanswered?: readonly string[] | undefined;
  dialMs?: number;
  ringMs?: number;
  talkMs?: number;
}): IPhoneServer {
  return {
    streamCall: bidiStreaming(async function* (requests, { signal }) {
      // #region call
      const reader = requests[Symbol.asyncIterator]();
      const number = await readPhoneNumber(reader);
      log(`Received a phone call request for number [${number}]`);

      const stopped = AbortSignal.any([signal, onSecondRequest(reader)]);
      let session: CallInfo | undefined;
      try {
        await wait(dialMs, stopped);
        yield state(NEW);
        await wait(ringMs, stopped);
        if (!unanswered.includes(number)) {
          session = sessions.create();
          yield new StreamCallResponse().setCallInfo(session);
          yield state(ACTIVE);
          await wait(talkMs, stopped);
        }
        yield state(ENDED);
      } finally {
        log(`Call finished [${number}]`);
        if (session) sessions.clean(session);
      }
      // #endregion
    }),
  };
}

function state(value: CallState.State): StreamCallResponse {
  return new StreamCallResponse().setCallState(new CallState().setState(value));
}

/** Waits; throws the signal's reason as soon as it fires. */
async function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => {}); // what it throws is not the reason itself
  signal.throwIfAborted();
}
