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
  // TODO 8: This reads on while a value is being stored, so nothing tells the server to wait. It stores the last message
  // too, which is no success but says why the server gives up. Do not store that one, and fail with what it says.
  for await (const dataPackage of call.responses) {
    void store(dataPackage.getTagvalue());
    if (dataPackage.getLasterror() !== '') throw failure('something is wrong');
  }
  // #endregion
}
