import { type IEgressServer, type RequestGetDataPackage, ResponseGetDataPackageStream } from 'datahub-proto';
import { serverStreaming } from 'grpc-streams';
import { checkRequest } from './check-request.ts';
import { dotNetTicks } from './dot-net-ticks.ts';
import type { Hub } from './hub.ts';

/** Sends a tick at once and then one every interval, and what the hub passes on, until the caller cancels. */
export function egress(hub: Hub, tickMs = 1_000): IEgressServer {
  return {
    getDataPackagesStream: serverStreaming(async function* (request, { signal }) {
      checkRequest(request.getTagname(), { trackingGuid: request.getTrackingguid() });

      const subscription = hub.subscribe(request.getTagname());
      const { packages } = subscription;
      // Without this, a cancel would be heard of only with the next message.
      signal.addEventListener('abort', () => packages.end(signal.reason));
      // A tick that finds the queue full is left out: the next one tells the time as well.
      const tick = () => packages.offer(messageFor(request).setIssuccess(true).setTagvalue(dotNetTicks()));
      tick();
      const timer = setInterval(tick, tickMs);
      try {
        yield* packages;
        // An error status would overtake the packages before it, so the subscriber is told in a last message.
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
