import {
  type IIngestServer,
  type RequestSendDataPackage,
  type RequestSendDataPackageStream,
  ResponseGetDataPackageStream,
  ResponseSendDataPackage,
  Timestamp,
} from 'datahub-proto';
import { clientStreaming, unary } from 'grpc-streams';
import { checkRequest } from './check-request.ts';
import type { Hub } from './hub.ts';

type Request = RequestSendDataPackage | RequestSendDataPackageStream;

/** Hands packages to the hub. The response counts the packages of its call. */
export function ingest(hub: Hub): IIngestServer {
  return {
    sendDataPackage: unary(async (request, { signal }) => {
      check(request);
      const values = request.getTagvalueList();
      for (const value of values) {
        signal.throwIfAborted();
        await hub.publish(dataPackage(request, value));
      }
      return accepted(values.length, request.getTrackingguid());
    }),

    sendDataPackagesStream: clientStreaming(async (requests) => {
      let count = 0;
      let trackingGuid = '';
      for await (const request of requests) {
        check(request);
        await hub.publish(dataPackage(request, request.getTagvalue()));
        count += 1;
        trackingGuid = request.getTrackingguid();
      }
      return accepted(count, trackingGuid);
    }),
  };
}

function check(request: Request): void {
  checkRequest(request.getTagname(), {
    telemetryGuid: request.getTelemetryguid(),
    trackingGuid: request.getTrackingguid(),
  });
}

function dataPackage(request: Request, value: string): ResponseGetDataPackageStream {
  return new ResponseGetDataPackageStream()
    .setIssuccess(true)
    .setTagname(request.getTagname())
    .setTagvalue(value)
    .setTrackingguid(request.getTrackingguid());
}

function accepted(count: number, trackingGuid: string): ResponseSendDataPackage {
  return new ResponseSendDataPackage()
    .setIssuccess(true)
    .setDatapackagecount(count)
    .setTrackingguid(trackingGuid)
    .setTimestamp(Timestamp.fromDate(new Date()));
}
