import type { Broker } from '@grpc-by-example/broker';
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
import type { DataPackage } from './data-package.ts';

type Request = RequestSendDataPackage | RequestSendDataPackageStream;

/** Hands packages to the hub. The response counts the packages of its call. */
export function ingest(hub: Broker<DataPackage>): IIngestServer {
  return {
    sendDataPackage: unary(async (request, { signal }) => {
      check(request);
      function* packages() {
        for (const value of request.getTagvalueList()) {
          signal.throwIfAborted();
          yield dataPackage(request, value);
        }
      }
      return accepted(await hub.publishAll(packages()), request.getTrackingguid());
    }),

    sendDataPackagesStream: clientStreaming(async (requests) => {
      let trackingGuid = '';
      async function* packages() {
        for await (const request of requests) {
          check(request);
          trackingGuid = request.getTrackingguid();
          yield dataPackage(request, request.getTagvalue());
        }
      }
      return accepted(await hub.publishAll(packages()), trackingGuid);
    }),
  };
}

function check(request: Request): void {
  checkRequest(request.getTagname(), {
    telemetryGuid: request.getTelemetryguid(),
    trackingGuid: request.getTrackingguid(),
  });
}

function dataPackage(request: Request, value: string): DataPackage {
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
