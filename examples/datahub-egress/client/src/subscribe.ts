import { randomUUID } from 'node:crypto';
import { connectivityState, status } from '@grpc/grpc-js';
import { type EgressClient, RequestGetDataPackage, type ResponseGetDataPackageStream } from 'datahub-proto';
import { serverStreamingCall, statusError } from 'grpc-streams';

/**
 * Subscribes to a tag and prints each package that is a success, its tracking GUID or its value. Cancels when the time
 * is up or the user interrupts, and says so.
 *
 * @throws ServiceError when the call fails, also because the time was up before there was a connection
 */
export async function subscribe(
  client: EgressClient,
  {
    tagName,
    limitMs,
    field,
    print,
    interrupted,
  }: {
    tagName: string;
    limitMs: number;
    field: 'guid' | 'value';
    print: (line: string) => void;
    interrupted: AbortSignal;
  },
): Promise<void> {
  const request = new RequestGetDataPackage().setTagname(tagName).setTrackingguid(randomUUID());
  const timeUp = new AbortController();
  const timer = setTimeout(() => timeUp.abort(), limitMs);
  const signal = AbortSignal.any([timeUp.signal, interrupted]);

  const call = serverStreamingCall(client.getDataPackagesStream(request), { signal });
  let last: ResponseGetDataPackageStream | undefined;
  try {
    for await (const dataPackage of call.responses) {
      last = dataPackage;
      if (!dataPackage.getIssuccess()) continue;
      print(field === 'guid' ? dataPackage.getTrackingguid() : dataPackage.getTagvalue());
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    const isConnected = client.getChannel().getConnectivityState(false) === connectivityState.READY;
    if (!interrupted.aborted && !last && !isConnected) {
      throw statusError(status.UNAVAILABLE, `no connection to the server within ${limitMs / 1_000} s`);
    }
    print('Status(StatusCode="Cancelled", Detail="Call canceled by the client.")');
    return;
  } finally {
    clearTimeout(timer);
  }
  // The hub says in a last message why it ends a subscription.
  if (last?.getIssuccess() === false) throw statusError(status.ABORTED, last.getLasterror());
}
