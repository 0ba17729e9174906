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
  // TODO 6: This leaves its loop when an alarm comes, and not before. Let `interrupted` cancel the call. A call that it
  // cancelled is not a failure: just return. Let other errors through.
  const call = serverStreamingCall(client.getDataPackagesStream(request));
  for await (const alarm of call.responses) {
    if (interrupted.aborted) break;
    print(alarm.getTagvalue());
  }
  // #endregion
}
