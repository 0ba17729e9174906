import { type CallInfo, StreamCallRequest, type StreamCallResponse } from 'call-proto';
import type { BidiCall } from 'grpc-streams';
import type { Deferred } from './deferred.ts';
import { protocolError, readResponse } from './read-response.ts';

/**
 * Asks for the call and follows its state on the stream, until the server ends the stream.
 *
 * @param answered resolved when the call is ACTIVE; the next message is not read before `consuming` resolves, so that
 *   the lines of the two tasks come in the right order
 * @param orderlyEndMs how many milliseconds the server may take to end the stream after ENDED; some never do
 * @throws ServiceError when the call fails, or the server does what the contract does not allow
 */
export async function followState(
  { responses, sendAll, endWithin }: BidiCall<StreamCallRequest, StreamCallResponse>,
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
  let state: string | undefined;
  for await (const response of responses) {
    if (state === 'ENDED') throw protocolError('the server went on after ENDED');
    const said = readResponse(response);
    if ('info' in said) {
      info = said.info;
      continue;
    }
    state = said.state;
    print(`Call toward [${number}] enters [${state}] state`);
    if (state === 'ACTIVE') {
      if (!info) throw protocolError('the server said ACTIVE before call_info');
      answered.resolve(info);
      await consuming.promise;
    } else if (state === 'ENDED') {
      endWithin(orderlyEndMs, 'the server did not end the stream after ENDED');
    }
  }
  if (state !== 'ENDED') throw protocolError('the server ended the stream before ENDED');
}
