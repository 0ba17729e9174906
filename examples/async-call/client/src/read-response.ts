import { status } from '@grpc/grpc-js';
import { type CallInfo, CallState, type StreamCallResponse } from 'call-proto';
import { statusError } from 'grpc-streams';

const { NEW, ACTIVE, ENDED } = CallState.State;

/** UNDEFINED is not among them: it means that the server forgot to set the state. */
const STATES = new Map<CallState.State, string>([
  [NEW, 'NEW'],
  [ACTIVE, 'ACTIVE'],
  [ENDED, 'ENDED'],
]);

/** Gives what a response holds: the call info, or the name of a state. Throws for what the contract does not allow. */
export function readResponse(response: StreamCallResponse): { info: CallInfo } | { state: string } {
  const info = response.getCallInfo();
  if (info) return { info };
  const value = response.getCallState()?.getState();
  if (value === undefined) throw protocolError('the server sent neither call_info nor call_state');
  const state = STATES.get(value);
  if (!state) throw protocolError(`the server sent state ${value}, which is not a state of a call`);
  return { state };
}

/** The error of a server that does not keep to the contract. */
export function protocolError(details: string): Error {
  return statusError(status.INTERNAL, details);
}
