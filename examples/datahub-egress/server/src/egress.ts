import {
  dotNetTicks,
  type IEgressServer,
  type RequestGetDataPackage,
  ResponseGetDataPackageStream,
} from 'datahub-proto';
import { serverStreaming } from 'grpc-streams';
import { checkRequest } from './check-request.ts';
import type { Hub } from './hub.ts';

/** Sends a tick at once and then one every interval, and whatever the hub passes on, until the caller cancels. */
export function egress(hub: Hub, tickMs = 1_000): IEgressServer {
  return {
    getDataPackagesStream: serverStreaming(async function* (request, { signal }) {
      checkRequest(request.getTagname(), { trackingGuid: request.getTrackingguid() });

      // With the signal, the wait for the next package ends when the subscriber is gone.
      const subscription = hub.subscribe(request.getTagname(), signal);
      const { packages } = subscription;
      // A tick that finds the queue full is left out: the next one tells the time just as well.
      const tick = () => packages.offer(messageFor(request).setIssuccess(true).setTagvalue(dotNetTicks()));
      tick();
      const timer = setInterval(tick, tickMs);
      try {
        yield* packages;
        // An error status would cost some clients the packages before it, so the subscriber is told in a last message.
        yield messageFor(request).setLasterror('you read too slowly: the hub does not keep more packages for you');
      } finally {
        clearInterval(timer);
        subscription.leave();
      }
    }),
  };
}

function messageFor(request: RequestGetDataPackage): ResponseGetDataPackageStream {
  return new ResponseGetDataPackageStream().setTagname(request.getTagname()).setTrackingguid(request.getTrackingguid());
}
