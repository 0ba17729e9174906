import { randomUUID } from 'node:crypto';
import { connectivityState, type ServiceError, status } from '@grpc/grpc-js';
import { type EgressClient, RequestGetDataPackage, type ResponseGetDataPackageStream } from 'datahub-proto';
import { serverStreamingCall, statusError } from 'grpc-streams';
import { isServerAway, Outage, type OutageOptions } from './outage.ts';

export interface SubscribeOptions extends OutageOptions {
  readonly tagName: string;
  /** How long to stay subscribed. */
  readonly limitMs: number;
  /** What is printed of a package. */
  readonly field: 'guid' | 'value';
  readonly print: (line: string) => void;
  readonly interrupted: AbortSignal;
}

/**
 * Subscribes to a tag and prints each package that is a success, its tracking GUID or its value. Cancels when the time
 * is up or the user interrupts, and says so.
 *
 * When the server goes away it subscribes again, and goes on where it was. A server that does not say where that is
 * cannot go on: then the call has failed.
 *
 * @throws ServiceError when the call fails, also because the time was up while there was no connection
 */
export async function subscribe(
  client: EgressClient,
  { tagName, limitMs, field, print, interrupted, ...options }: SubscribeOptions,
): Promise<void> {
  const request = new RequestGetDataPackage().setTagname(tagName).setTrackingguid(randomUUID());
  const timeUp = new AbortController();
  const timer = setTimeout(() => timeUp.abort(), limitMs);
  const signal = AbortSignal.any([timeUp.signal, interrupted]);
  const outage = new Outage(options);

  // #region read
  let last: ResponseGetDataPackageStream | undefined;

  async function readToEnd(): Promise<void> {
    last = undefined;
    const call = serverStreamingCall(client.getDataPackagesStream(request), { signal });
    for await (const dataPackage of call.responses) {
      last = dataPackage;
      outage.end();
      if (dataPackage.getPosition() !== '') request.setAfter(dataPackage.getPosition());
      if (!dataPackage.getIssuccess()) continue;
      print(field === 'guid' ? dataPackage.getTrackingguid() : dataPackage.getTagvalue());
    }
  }

  try {
    for (let hasEnded = false; !hasEnded; ) {
      try {
        await readToEnd();
        hasEnded = true;
      } catch (error) {
        if (signal.aborted || request.getAfter() === '' || !isServerAway(error as ServiceError)) throw error;
        await outage.wait(error as ServiceError, signal);
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    const isConnected = client.getChannel().getConnectivityState(false) === connectivityState.READY;
    if (!interrupted.aborted && outage.reason) throw outage.reason;
    if (!interrupted.aborted && !last && !isConnected) {
      throw statusError(status.UNAVAILABLE, `no connection to the server within ${limitMs / 1_000} s`);
    }
    print('Status(StatusCode="Cancelled", Detail="Call canceled by the client.")');
    return;
  } finally {
    clearTimeout(timer);
  }
  // #endregion
  // The hub says in a last message why it ends a subscription.
  if (last?.getIssuccess() === false) throw statusError(status.ABORTED, last.getLasterror());
}
