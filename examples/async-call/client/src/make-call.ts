import type { CallInfo, PhoneClient } from 'call-proto';
import { bidiCall } from 'grpc-streams';
import { Deferred } from './deferred.ts';
import { followState } from './follow-state.ts';
import { holdAudioSession } from './hold-audio-session.ts';

/**
 * Calls a number with two tasks that run side by side, and prints how the call progresses. The interrupt hangs up.
 *
 * @returns false when the peer did not answer
 */
export async function makeCall(
  client: PhoneClient,
  number: string,
  {
    print,
    interrupted,
    orderlyEndMs,
  }: { print: (line: string) => void; interrupted: AbortSignal; orderlyEndMs?: number },
): Promise<boolean> {
  // #region two tasks
  const call = bidiCall(client.streamCall(), { signal: interrupted });
  // Where the tasks meet. Each promise resolves once and stays so; neither task can come too late for the other.
  const answered = new Deferred<CallInfo>();
  const consuming = new Deferred<void>();

  const following = followState(call, { number, answered, consuming, print, orderlyEndMs }).catch((error: unknown) => {
    if (!interrupted.aborted) throw error;
  });
  const holding = holdAudioSession({ number, answered, consuming, following, print });
  // #endregion

  // It ends after the other task, and fails if that one does.
  const finished = (await holding) || interrupted.aborted;
  print(finished ? 'Call finished' : "Call failed: peer didn't answer");
  return finished;
}
