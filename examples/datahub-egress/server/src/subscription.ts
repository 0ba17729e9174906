import type { BrokerSubscription } from '@grpc-by-example/broker';
import { MessageQueue } from 'grpc-streams';
import { bytesOf, type DataPackage } from './data-package.ts';
import type { PackageLog } from './package-log.ts';

/** So often a subscriber that is behind is looked at in the time that it has. */
const LOOKS = 10;

export interface SubscriptionOptions {
  /** How many packages may wait for the subscriber. */
  readonly capacity: number;
  /** How many bytes of them, about, beside the package that goes beyond. */
  readonly capacityBytes: number;
  /** How long it may take to catch up, in milliseconds. */
  readonly patienceMs: number;
  /** Called when it leaves, perhaps more than once. */
  readonly onLeave: () => void;
  /** Ends the packages with its reason when it fires. */
  readonly signal?: AbortSignal | undefined;
}

/** One subscriber of a tag: the packages that wait for it, and the senders that wait for it to catch up. */
export class Subscription implements BrokerSubscription<DataPackage> {
  readonly messages: MessageQueue<DataPackage>;
  readonly reason = 'you read too slowly: the hub does not keep more packages for you';
  /** The number, in the log, of the last package that it has been handed, or does not want. Once it is live, of no use. */
  number: number;
  /** Whether packages come to it as they come in. Before, it reads in the log what it has missed. */
  isLive = false;
  hasLeft = false;
  readonly #log: PackageLog;
  readonly #capacityBytes: number;
  readonly #patienceMs: number;
  readonly #onLeave: () => void;
  #catchingUp: Promise<void> | undefined;
  #stopWaiting: (() => void) | undefined;

  /** @param number that of the package after which it begins */
  constructor(
    log: PackageLog,
    number: number,
    { capacity, capacityBytes, patienceMs, onLeave, signal }: SubscriptionOptions,
  ) {
    this.messages = new MessageQueue(capacity, {
      bytesOf,
      onEmpty: () => this.#stopWaiting?.(),
      ...(signal && { signal }),
    });
    this.#log = log;
    this.number = number;
    this.#capacityBytes = capacityBytes;
    this.#patienceMs = patienceMs;
    this.#onLeave = onLeave;
  }

  get position(): string {
    return this.#log.positionOf(this.isLive ? this.#log.last : this.number);
  }

  get isFull(): boolean {
    return this.messages.size >= this.messages.capacity || this.messages.bytes >= this.#capacityBytes;
  }

  /** True from when its queue is full until the queue is empty again. */
  get isBehind(): boolean {
    return this.isLive && (this.#catchingUp !== undefined || this.isFull);
  }

  /** Waits until the subscriber has taken all that waits for it; if that takes too long, gives it up. */
  caughtUp(): Promise<void> {
    this.#catchingUp ??= new Promise((resolve) => {
      let looks = 0;
      // Looks count, not seconds: while this process is held up itself, nobody can catch up.
      const timer = setInterval(() => {
        looks += 1;
        if (looks >= LOOKS) this.giveUp();
      }, this.#patienceMs / LOOKS);
      this.#stopWaiting = () => {
        clearInterval(timer);
        this.#catchingUp = undefined;
        resolve();
      };
    });
    return this.#catchingUp;
  }

  /** Waits, as long as it takes, until the subscriber has taken all that waits for it, or leaves. */
  emptied(): Promise<void> {
    return new Promise((resolve) => {
      this.#stopWaiting = resolve;
    });
  }

  leave(): void {
    this.hasLeft = true;
    this.#onLeave();
    this.#stopWaiting?.();
  }

  giveUp(): void {
    this.leave();
    this.messages.end();
  }
}
