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
  // TODO 4: Nothing ends the call. Cancel it with `stop` when options.limitMs are over. A call that `stop` cancelled
  // is not a failure: print Status(StatusCode="Cancelled", Detail="Call canceled by the client."). Let other errors
  // through.
  await reading;
  // #endregion
}

async function printPackages(
  packages: AsyncIterable<ResponseGetDataPackageStream>,
  print: (line: string) => void,
): Promise<void> {
  // #region TODO 3
  // TODO 3: This takes one package and drops it. Read the stream to its end, and print the tracking GUID of each
  // package that is a success.
  const { done } = await packages[Symbol.asyncIterator]().next();
  if (!done) print('a package came');
  // #endregion
}
