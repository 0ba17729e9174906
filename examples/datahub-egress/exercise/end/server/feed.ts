import { type IEgressServer, ResponseGetDataPackageStream } from 'datahub-proto';
import { MessageQueue, serverStreaming } from 'grpc-streams';

/** So many packages may wait for one subscriber. */
export const MOST_WAITING = 10;

/** Passes each value on to all subscribers, each of which reads at its own pace, or not at all. */
export class Feed {
  readonly #subscribers = new Set<MessageQueue<ResponseGetDataPackageStream>>();

  /** How many packages wait for each subscriber. */
  get waiting(): number[] {
    return [...this.#subscribers].map(({ size }) => size);
  }

  // #region TODO 7
  subscribe(signal: AbortSignal): MessageQueue<ResponseGetDataPackageStream> {
    const packages = new MessageQueue<ResponseGetDataPackageStream>(MOST_WAITING, { signal });
    this.#subscribers.add(packages);
    return packages;
  }

  publish(value: string): void {
    const dataPackage = new ResponseGetDataPackageStream().setIssuccess(true).setTagvalue(value);
    for (const packages of this.#subscribers) {
      if (!packages.offer(dataPackage)) packages.end();
    }
  }
  // #endregion

  leave(packages: MessageQueue<ResponseGetDataPackageStream>): void {
    this.#subscribers.delete(packages);
  }
}

/** Sends each subscriber what the feed passes on. Where the feed ends a subscription, the last message says why. */
export function feedService(feed: Feed): IEgressServer {
  return {
    getDataPackagesStream: serverStreaming(async function* (_request, { signal }) {
      const packages = feed.subscribe(signal);
      try {
        yield* packages;
        yield new ResponseGetDataPackageStream().setLasterror('you read too slowly');
      } finally {
        feed.leave(packages);
      }
    }),
  };
}
