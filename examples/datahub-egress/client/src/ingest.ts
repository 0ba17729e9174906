import { randomUUID } from 'node:crypto';
import { dotNetTicks, type IngestClient, RequestSendDataPackageStream } from 'datahub-proto';
import { callsOf } from 'grpc-streams';
import { acceptedCount } from './accepted-count.ts';

const PACKAGES = 10;

/** Sends ten packages on a stream, each with the time as its value, and prints how many were accepted. */
export async function ingest(client: IngestClient, print: (line: string) => void): Promise<void> {
  const call = callsOf(client).sendDataPackagesStream();
  await call.sendAll(dataPackages());
  print(acceptedCount(await call.response));
}

function* dataPackages(): Generator<RequestSendDataPackageStream> {
  const [telemetryGuid, trackingGuid] = [randomUUID(), randomUUID()];
  for (let n = 1; n <= PACKAGES; n++) {
    yield new RequestSendDataPackageStream()
      .setTelemetryguid(telemetryGuid)
      .setTrackingguid(trackingGuid)
      .setTagname('DateTimeTicks')
      .setTagvalue(dotNetTicks());
  }
}
