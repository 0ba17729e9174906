import type { ResponseGetDataPackageStream } from 'datahub-proto';
import { MessageQueue } from 'grpc-streams';

export interface SubscriptionOptions {
  /** How many packages may wait for the subscriber. */
  readonly capacity: number;
  /** How long it may take to catch up, in milliseconds. */
  readonly patienceMs: number;
  /** Called when it leaves, perhaps more than once. */
  readonly onLeave: () => void;
  /** Ends the packages with its reason when it fires. */
  readonly signal?: AbortSignal;
}

/** One subscriber of a tag: the packages that wait for it, and the senders that wait for it to catch up. */
export class Subscription {
  /** What goes out to the subscriber. It ends without an error when the hub gives the subscriber up. */
  readonly packages: MessageQueue<ResponseGetDataPackageStream>;
  readonly #patienceMs: number;
  readonly #onLeave: () => void;
  #catchingUp: Promise<void> | undefined;
  #stopWaiting: (() => void) | undefined;

  constructor({ capacity, patienceMs, onLeave, ...options }: SubscriptionOptions) {
    this.packages = new MessageQueue(capacity, { onEmpty: () => this.#stopWaiting?.(), ...options });
    this.#patienceMs = patienceMs;
    this.#onLeave = onLeave;
  }

  /** True from when its queue is full until the queue is empty again. */
  get isBehind(): boolean {
    return this.#catchingUp !== undefined || this.packages.size >= this.packages.capacity;
  }

  /** Waits until the subscriber has taken all that waits for it; if that takes too long, gives it up. */
  caughtUp(): Promise<void> {
    this.#catchingUp ??= new Promise((resolve) => {
      const timer = setTimeout(() => this.#giveUp(), this.#patienceMs);
      this.#stopWaiting = () => {
        clearTimeout(timer);
        this.#catchingUp = undefined;
        resolve();
      };
    });
    return this.#catchingUp;
  }

  /** Nothing is published to it any more; what waits for it stays. */
  leave(): void {
    this.#onLeave();
    this.#stopWaiting?.();
  }

  #giveUp(): void {
    this.leave();
    this.packages.end();
  }
}
