import { randomUUID } from 'node:crypto';
import { type EgressClient, RequestGetDataPackage } from 'datahub-proto';
import { serverStreamingCall } from 'grpc-streams';

interface FollowOptions {
  readonly print: (line: string) => void;
  /** Fires on Ctrl-C. */
  readonly interrupted: AbortSignal;
}

/** Prints each alarm, until the user has had enough. */
export async function followAlarms(client: EgressClient, { print, interrupted }: FollowOptions): Promise<void> {
  const request = new RequestGetDataPackage().setTagname('alarms').setTrackingguid(randomUUID());

  // #region TODO 6
  const call = serverStreamingCall(client.getDataPackagesStream(request), { signal: interrupted });
  try {
    for await (const alarm of call.responses) print(alarm.getTagvalue());
  } catch (error) {
    if (!interrupted.aborted) throw error;
  }
  // #endregion
}
