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
        for await (const [value] of on(sensor, 'alarm', { signal })) {
          yield new ResponseGetDataPackageStream().setIssuccess(true).setTagvalue(value);
        }
        // #endregion
      } finally {
        log(`${request.getTrackingguid()} is gone`);
      }
    }),
  };
}
