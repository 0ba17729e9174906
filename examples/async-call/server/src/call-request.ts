import { status } from '@grpc/grpc-js';
import type { StreamCallRequest } from 'call-proto';
import { statusError } from 'grpc-streams';

const invalid = (details: string) => statusError(status.INVALID_ARGUMENT, details);

export function isPhoneNumber(text: string): boolean {
  return /^\+?\d{3,15}$/.test(text);
}

/** Reads the request of a call, and gives its phone number. */
export async function readPhoneNumber(requests: AsyncIterator<StreamCallRequest>): Promise<string> {
  const first = await requests.next();
  if (first.done) throw invalid('the call was half-closed without a request; send one with the phone number');
  const number = first.value.getPhoneNumber();
  if (!isPhoneNumber(number)) throw invalid('phone_number must be 3 to 15 digits, with or without a + before them');
  return number;
}

/**
 * Gives a signal that fires if a further request comes, which a call must not have; its reason is the status for that.
 */
export function onSecondRequest(requests: AsyncIterator<StreamCallRequest>): AbortSignal {
  const second = new AbortController();
  requests.next().then(
    ({ done }) => {
      if (!done) second.abort(invalid('a call has one request, and this is a second one'));
    },
    () => {}, // the call is over, which its own signal tells
  );
  return second.signal;
}
