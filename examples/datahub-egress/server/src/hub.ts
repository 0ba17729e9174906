import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ResponseGetDataPackageStream } from 'datahub-proto';
import { Subscription } from './subscription.ts';

/**
 * This many packages are taken in and handed out before everything else gets a turn. Without it, one large request
 * would fill the queues even of subscribers that keep up; if it were small, each package would go out in its own
 * packet.
 */
const A_TURN = 1_000;

export interface HubOptions {
  /** How many messages may wait for one subscriber. */
  readonly capacity?: number;
  /** How long the ingest of a tag waits for a subscriber whose queue is full, in milliseconds. */
  readonly patienceMs?: number;
}

/**
 * Passes packages on to the subscribers of their tag.
 *
 * Each subscriber has a queue, so that one that pauses holds up nobody. When a queue is full, {@link publish} waits,
 * which slows the ingest down to what the subscribers can take. A subscriber that does not catch up in time is given
 * up.
 */
export class Hub {
  readonly #capacity: number;
  readonly #patienceMs: number;
  readonly #byTag = new Map<string, Set<Subscription>>();
  #sinceTurn = 0;

  constructor({ capacity = 100, patienceMs = 1_000 }: HubOptions = {}) {
    this.#capacity = capacity;
    this.#patienceMs = patienceMs;
  }

  /** How many subscribers there are. */
  get size(): number {
    return [...this.#byTag.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** @param signal that of the call: when it fires, the packages end with its reason */
  subscribe(tagName: string, signal?: AbortSignal): Subscription {
    const subscribers = this.#byTag.get(tagName) ?? new Set();
    this.#byTag.set(tagName, subscribers);
    const onLeave = () => {
      // When it leaves a second time, there may be another set under the tag.
      if (subscribers.delete(subscription) && subscribers.size === 0) this.#byTag.delete(tagName);
    };
    const options = { capacity: this.#capacity, patienceMs: this.#patienceMs, onLeave, ...(signal && { signal }) };
    const subscription = new Subscription(options);
    subscribers.add(subscription);
    return subscription;
  }

  /** Hands the package to every subscriber of its tag; all get the packages in the same order. */
  async publish(dataPackage: ResponseGetDataPackageStream): Promise<void> {
    if (this.#sinceTurn >= A_TURN) {
      this.#sinceTurn = 0;
      await nextTurn();
    }
    this.#sinceTurn += 1;
    const tagName = dataPackage.getTagname();
    for (let behind = this.#behind(tagName); behind.length > 0; behind = this.#behind(tagName)) {
      await Promise.all(behind.map((subscription) => subscription.caughtUp()));
    }
    for (const { packages } of this.#subscribers(tagName)) {
      packages.offer(dataPackage);
      this.#sinceTurn += 1;
    }
  }

  #subscribers(tagName: string): Iterable<Subscription> {
    return this.#byTag.get(tagName) ?? [];
  }

  #behind(tagName: string): Subscription[] {
    return [...this.#subscribers(tagName)].filter(({ isBehind }) => isBehind);
  }
}
