import type { Broker } from '@grpc-by-example/broker';
import {
  dotNetTicks,
  type IEgressServer,
  type RequestGetDataPackage,
  ResponseGetDataPackageStream,
} from 'datahub-proto';
import { serverStreaming } from 'grpc-streams';
import { checkRequest } from './check-request.ts';
import type { DataPackage } from './data-package.ts';

/** Sends a tick at once and then one every interval, and whatever the hub passes on, until the caller cancels. */
export function egress(hub: Broker<DataPackage>, tickMs = 1_000): IEgressServer {
  return {
    getDataPackagesStream: serverStreaming(async function* (request, { signal }) {
      checkRequest(request.getTagname(), { trackingGuid: request.getTrackingguid() });

      const tick = (position: string) =>
        messageFor(request).setIssuccess(true).setTagvalue(dotNetTicks()).setPosition(position);

      // #region subscription
      // With the signal, the wait for the next package ends when the subscriber is gone.
      const options = { after: request.getAfter(), first: tick, signal };
      const subscription = await hub.subscribe(request.getTagname(), options);
      const { messages } = subscription;
      // A tick that finds the queue full is left out: the next one tells the time just as well.
      const timer = setInterval(() => messages.offer(tick(subscription.position)), tickMs);
      try {
        yield* messages;
        // An error status would cost some clients the packages before it, so the subscriber is told in a last message.
        yield messageFor(request).setLasterror(subscription.reason);
      } finally {
        clearInterval(timer);
        subscription.leave();
      }
      // #endregion
    }),
  };
}

function messageFor(request: RequestGetDataPackage): ResponseGetDataPackageStream {
  return new ResponseGetDataPackageStream().setTagname(request.getTagname()).setTrackingguid(request.getTrackingguid());
}
