import { status } from '@grpc/grpc-js';
import { type CallInfo, CallState, StreamCallRequest, StreamCallResponse } from 'call-proto';
import { type BidiCall, statusError } from 'grpc-streams';
import type { Deferred } from './deferred.ts';

const { UNDEFINED, NEW, ACTIVE, ENDED } = CallState.State;
const { CALL_INFO, CALL_STATE } = StreamCallResponse.StreamCallResponseCase;

const NAMES = new Map<CallState.State, string>([
  [NEW, 'NEW'],
  [ACTIVE, 'ACTIVE'],
  [ENDED, 'ENDED'],
]);

/**
 * Asks for the call and follows its state on the stream, until the server ends the stream.
 *
 * @param answered resolved when the state is ACTIVE; the next message is not read before `consuming` resolves, so that
 *   the lines of the two tasks come in order
 * @param orderlyEndMs how long the server may take to end the stream after the state ENDED; some never do
 * @throws ServiceError when the call fails, or the server does what the contract does not allow
 */
export async function followState(
  { call, replies, sendAll }: BidiCall<StreamCallRequest, StreamCallResponse>,
  {
    number,
    answered,
    consuming,
    print,
    orderlyEndMs = 5_000,
  }: {
    number: string;
    answered: Deferred<CallInfo>;
    consuming: Deferred<void>;
    print: (line: string) => void;
    orderlyEndMs?: number | undefined;
  },
): Promise<void> {
  await sendAll([new StreamCallRequest().setPhoneNumber(number)]);

  let info: CallInfo | undefined;
  let state: CallState.State = UNDEFINED;
  let late: NodeJS.Timeout | undefined;
  try {
    for await (const response of replies) {
      if (state === ENDED) throw protocolError('the server went on after ENDED');
      switch (response.getStreamCallResponseCase()) {
        case CALL_INFO:
          info = response.getCallInfo();
          break;
        case CALL_STATE:
          state = response.getCallState()?.getState() ?? UNDEFINED;
          print(`Call toward [${number}] enters [${nameOf(state)}] state`);
          break;
        default:
          throw protocolError('the server sent neither call_info nor call_state');
      }
      if (state === ACTIVE) {
        if (!info) throw protocolError('the server said ACTIVE before call_info');
        answered.resolve(info);
        await consuming.promise;
      } else if (state === ENDED) {
        late = setTimeout(() => {
          call.call?.cancelWithStatus(status.DEADLINE_EXCEEDED, 'the server did not end the stream after ENDED');
        }, orderlyEndMs);
      }
    }
  } finally {
    clearTimeout(late);
  }
  if (state !== ENDED) throw protocolError('the server ended the stream before ENDED');
}

function nameOf(state: CallState.State): string {
  const name = NAMES.get(state);
  if (name === undefined) throw protocolError(`the server sent state ${state}, which is none of a call`);
  return name;
}

function protocolError(details: string): Error {
  return statusError(status.INTERNAL, details);
}
