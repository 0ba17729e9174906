import { randomUUID } from 'node:crypto';
import { type EgressClient, RequestGetDataPackage, type ResponseGetDataPackageStream } from 'datahub-proto';
import { serverStreamingCall } from 'grpc-streams';

interface SubscribeOptions {
  readonly tagName: string;
  readonly limitMs: number;
  readonly print: (line: string) => void;
  /** Fires on Ctrl-C. */
  readonly interrupted: AbortSignal;
}

/** Subscribes to a tag and prints the tracking GUID of each package. Cancels when the time is up, and says so. */
export async function subscribe(client: EgressClient, options: SubscribeOptions): Promise<void> {
  const request = new RequestGetDataPackage().setTagname(options.tagName).setTrackingguid(randomUUID());
  const stop = new AbortController();
  options.interrupted.addEventListener('abort', () => stop.abort());
  const call = serverStreamingCall(client.getDataPackagesStream(request), { signal: stop.signal });
  const reading = printPackages(call.responses, options.print);

  // #region TODO 4
  const timer = setTimeout(() => stop.abort(), options.limitMs);
  try {
    await reading;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    options.print('Status(StatusCode="Cancelled", Detail="Call canceled by the client.")');
  } finally {
    clearTimeout(timer);
  }
  // #endregion
}

async function printPackages(
  packages: AsyncIterable<ResponseGetDataPackageStream>,
  print: (line: string) => void,
): Promise<void> {
  // #region TODO 3
  for await (const dataPackage of packages) {
    if (dataPackage.getIssuccess()) print(dataPackage.getTrackingguid());
  }
  // #endregion
}
