import { setTimeout as delay } from 'node:timers/promises';
import { dotNetTicks, type IEgressServer, ResponseGetDataPackageStream } from 'datahub-proto';
import { serverStreaming } from 'grpc-streams';

/** Sends a data package at once and then one every interval, whose value is the time, until the caller cancels. */
export function egress({ intervalMs, log }: { intervalMs: number; log: (line: string) => void }): IEgressServer {
  return {
    getDataPackagesStream: serverStreaming(async function* (request, { signal }) {
      log(`${request.getTrackingguid()} subscribes`);
      try {
        // #region TODO 1
        while (true) {
          yield new ResponseGetDataPackageStream()
            .setIssuccess(true)
            .setTrackingguid(request.getTrackingguid())
            .setTagname(request.getTagname())
            .setTagvalue(dotNetTicks());
          await pause(intervalMs, signal);
        }
        // #endregion
      } finally {
        log(`${request.getTrackingguid()} is gone`);
      }
    }),
  };
}

/** Waits between two packages. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  // #region TODO 2
  await delay(milliseconds, undefined, { signal });
  // #endregion
}
