import type { CallInfo } from 'call-proto';
import type { Deferred } from './deferred.ts';

/**
 * Waits for the peer, then holds the audio session until the call is over.
 *
 * @param following the task that follows the state of the call
 * @returns false when the call is over without an answer
 * @throws what `following` throws
 */
export async function holdAudioSession({
  number,
  answered,
  consuming,
  following,
  print,
}: {
  number: string;
  answered: Deferred<CallInfo>;
  consuming: Deferred<void>;
  following: Promise<void>;
  print: (line: string) => void;
}): Promise<boolean> {
  // #region hold
  print(`Waiting for peer to connect [${number}]...`);
  const info = await Promise.race([answered.promise, following]);
  if (!info) return false;

  print(`Consuming audio resource [${info.getMedia()}]`);
  consuming.resolve();
  try {
    await following;
  } finally {
    print(`Audio session finished [${info.getMedia()}]`);
  }
  return true;
  // #endregion
}
