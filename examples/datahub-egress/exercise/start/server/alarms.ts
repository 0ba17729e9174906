import { type EventEmitter, on } from 'node:events';
import { type IEgressServer, ResponseGetDataPackageStream } from 'datahub-proto';
import { serverStreaming } from 'grpc-streams';

/** Passes on what a sensor emits as 'alarm'. There may be none for weeks. */
export function alarms({ sensor, log }: { sensor: EventEmitter; log: (line: string) => void }): IEgressServer {
  return {
    getDataPackagesStream: serverStreaming(async function* (request, { signal }) {
      log(`${request.getTrackingguid()} subscribes`);
      try {
        // #region TODO 5
        // TODO 5: This looks at the signal when an alarm comes, and not before. Let a cancel end the wait for the next alarm.
        for await (const [value] of on(sensor, 'alarm')) {
          if (signal.aborted) return;
          yield new ResponseGetDataPackageStream().setIssuccess(true).setTagvalue(value);
        }
        // #endregion
      } finally {
        log(`${request.getTrackingguid()} is gone`);
      }
    }),
  };
}
