import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Broker, SubscribeOptions } from '@grpc-by-example/broker';
import type { DataPackage } from './data-package.ts';
import { PackageLog } from './package-log.ts';
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
  /** How many bytes of them, about, beside the message that goes beyond. */
  readonly capacityBytes?: number;
  /** How long the ingest of a tag waits for a subscriber whose queue is full, in milliseconds. */
  readonly patienceMs?: number;
  /** How many bytes of packages, about, the hub keeps for subscribers that come back. */
  readonly logBytes?: number;
}

/**
 * Passes packages on to the subscribers of their tag.
 *
 * Each subscriber has a queue, so that one that pauses holds up nobody. When a queue is full, {@link publish} waits,
 * which slows the ingest down to what the subscribers can take. A subscriber that does not catch up in time is given
 * up.
 *
 * The last packages stay in a log. A subscriber that comes back reads there what it has missed, at its own pace, and
 * nobody waits for it until it has.
 */
export class Hub implements Broker<DataPackage> {
  readonly #limits: { readonly capacity: number; readonly capacityBytes: number; readonly patienceMs: number };
  readonly #log: PackageLog;
  readonly #byTag = new Map<string, Set<Subscription>>();
  #sinceTurn = 0;

  constructor({
    capacity = 100,
    capacityBytes = 4 * 2 ** 20,
    patienceMs = 1_000,
    logBytes = 16 * 2 ** 20,
  }: HubOptions = {}) {
    this.#limits = { capacity, capacityBytes, patienceMs };
    this.#log = new PackageLog(logBytes);
  }

  /** How many subscribers there are. */
  get size(): number {
    return [...this.#byTag.values()].reduce((sum, { size }) => sum + size, 0);
  }

  subscribe(tagName: string, { after = '', first, signal }: SubscribeOptions<DataPackage> = {}): Subscription {
    const number = after === '' ? this.#log.last : this.#log.numberAt(after);
    const subscribers = this.#byTag.get(tagName) ?? new Set();
    this.#byTag.set(tagName, subscribers);
    const onLeave = () => {
      // When it leaves a second time, there may be another set under the tag.
      if (subscribers.delete(subscription) && subscribers.size === 0) this.#byTag.delete(tagName);
    };
    const subscription = new Subscription(this.#log, number, { ...this.#limits, onLeave, signal });
    subscribers.add(subscription);
    if (first) subscription.messages.offer(first(subscription.position));
    void this.#catchUp(tagName, subscription);
    return subscription;
  }

  async publishAll(packages: Iterable<DataPackage> | AsyncIterable<DataPackage>): Promise<number> {
    let count = 0;
    for await (const dataPackage of packages) {
      await this.publish(dataPackage);
      count += 1;
    }
    return count;
  }

  /** Hands the package to every subscriber of its tag; all get the packages in the same order. */
  async publish(dataPackage: DataPackage): Promise<void> {
    if (this.#sinceTurn >= A_TURN) {
      this.#sinceTurn = 0;
      await nextTurn();
    }
    this.#sinceTurn += 1;
    // #region publish
    const tagName = dataPackage.getTagname();
    for (let behind = this.#behind(tagName); behind.length > 0; behind = this.#behind(tagName)) {
      await Promise.all(behind.map((subscription) => subscription.caughtUp()));
    }
    this.#log.append(dataPackage);
    for (const { isLive, messages } of this.#subscribers(tagName)) {
      if (isLive) messages.offer(dataPackage);
      this.#sinceTurn += 1;
    }
    // #endregion
  }

  async close(): Promise<void> {}

  /** Hands a subscriber what it has missed, as it takes it; then it is live. */
  async #catchUp(tagName: string, subscription: Subscription): Promise<void> {
    for (;;) {
      if (subscription.number < this.#log.dropped) return subscription.giveUp();
      const next = this.#log.next(tagName, subscription.number);
      if (!next) break;
      if (subscription.isFull) await subscription.emptied();
      if (subscription.hasLeft) return;
      subscription.messages.offer(next.dataPackage);
      subscription.number = next.number;
    }
    subscription.isLive = true;
  }

  #subscribers(tagName: string): Iterable<Subscription> {
    return this.#byTag.get(tagName) ?? [];
  }

  #behind(tagName: string): Subscription[] {
    return [...this.#subscribers(tagName)].filter(({ isBehind }) => isBehind);
  }
}
