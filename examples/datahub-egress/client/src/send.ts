import { randomUUID } from 'node:crypto';
import { type IngestClient, RequestSendDataPackage } from 'datahub-proto';
import { callsOf } from 'grpc-streams';
import { acceptedCount } from './accepted-count.ts';

/** Sends a package for each value, in one request, and prints how many were accepted. */
export async function send(
  client: IngestClient,
  { tagName, values, print }: { tagName: string; values: string[]; print: (line: string) => void },
): Promise<void> {
  const request = new RequestSendDataPackage()
    .setTelemetryguid(randomUUID())
    .setTrackingguid(randomUUID())
    .setTagname(tagName)
    .setTagvalueList(values);
  print(acceptedCount(await callsOf(client).sendDataPackage(request)));
}
