import { randomUUID } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { type EgressClient, RequestGetDataPackage } from 'datahub-proto';
import { serverStreamingCall, statusError } from 'grpc-streams';

/**
 * Stores the values of a feed, one after the other and no faster than `store` takes them.
 *
 * @throws ServiceError ABORTED with the server's reason, when the feed ends because this client was too slow
 */
export async function storeValues(client: EgressClient, store: (value: string) => Promise<void>): Promise<void> {
  const request = new RequestGetDataPackage().setTagname('values').setTrackingguid(randomUUID());
  const call = serverStreamingCall(client.getDataPackagesStream(request));
  const failure = (reason: string) => statusError(status.ABORTED, reason);

  // #region TODO 8
  for await (const dataPackage of call.responses) {
    if (!dataPackage.getIssuccess()) throw failure(dataPackage.getLasterror());
    await store(dataPackage.getTagvalue());
  }
  // #endregion
}
