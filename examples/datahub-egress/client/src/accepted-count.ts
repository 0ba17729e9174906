import { status } from '@grpc/grpc-js';
import type { ResponseSendDataPackage } from 'datahub-proto';
import { statusError } from 'grpc-streams';

/** How many packages the server accepted, to print; throws what it says if it is not a success. */
export function acceptedCount(response: ResponseSendDataPackage): string {
  if (!response.getIssuccess()) throw statusError(status.ABORTED, response.getLasterror());
  return String(response.getDatapackagecount());
}
